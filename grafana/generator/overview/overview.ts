import type { Dashboard } from '../model.ts'
import { commonVariables } from '../variables.ts'
import { components } from './components.ts'
import { objectives } from './objectives.ts'
import { traffic } from './traffic.ts'

export const overview: Dashboard = {
  uid: 'mcp-overview',
  title: 'MCP server: overview',
  description:
    'Are the objectives met, and do failures come from the server, its dependencies or its clients?',
  variables: commonVariables,
  rows: [objectives, traffic, components],
}
