import type { Dashboard } from '../model.ts'
import { commonVariables } from '../variables.ts'
import { clients } from './clients.ts'
import { exportsAndRejections } from './exports-and-rejections.ts'
import { scrapes } from './scrapes.ts'

export const telemetry: Dashboard = {
  uid: 'mcp-telemetry',
  title: 'MCP server: telemetry',
  description: 'Is the telemetry itself complete?',
  variables: commonVariables,
  rows: [scrapes, exportsAndRejections, clients],
}
