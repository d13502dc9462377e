import type { Dashboard } from '../model.ts'
import { commonVariables } from '../variables.ts'
import { objectives } from './objectives.ts'
import { parts } from './parts.ts'
import { traffic } from './traffic.ts'

export const overview: Dashboard = {
  uid: 'mcp-overview',
  title: 'MCP server: overview',
  description: 'Do callers get what they should, and if not, whose fault is it?',
  variables: commonVariables,
  rows: [objectives, traffic, parts],
}
