import type { Dashboard } from '../model.ts'
import { commonVariables } from '../variables.ts'
import { clients } from './clients.ts'
import { exportsAndRefusals } from './exports-and-refusals.ts'
import { scrapes } from './scrapes.ts'

export const telemetry: Dashboard = {
  uid: 'mcp-telemetry',
  title: 'MCP server: telemetry',
  description: 'Is what the other dashboards show complete?',
  variables: commonVariables,
  rows: [scrapes, exportsAndRefusals, clients],
}
