import type { Dashboard } from '../model.ts'
import { commonVariables, toolVariable } from '../variables.ts'
import { calls } from './calls.ts'
import { results } from './results.ts'

export const toolsDashboard: Dashboard = {
  uid: 'mcp-tools',
  title: 'MCP server: tools',
  description: 'Usage, errors and latency by tool',
  variables: [...commonVariables, toolVariable],
  rows: [calls, results],
}
