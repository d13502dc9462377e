import type { Dashboard } from '../model.ts'
import { commonVariables } from '../variables.ts'
import { backends } from './backends.ts'
import { clients } from './clients.ts'
import { exportsAndRejections } from './exports-and-rejections.ts'
import { scrapes } from './scrapes.ts'

export const telemetry: Dashboard = {
  uid: 'mcp-telemetry',
  title: 'Telemetry',
  description: 'Is the telemetry itself complete?',
  variables: commonVariables,
  rows: [scrapes, exportsAndRejections, clients, backends],
}
