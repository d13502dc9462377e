import type { Dashboard } from '../model.ts'
import { commonVariables, dependencyVariable } from '../variables.ts'
import { health } from './health.ts'
import { operations } from './operations.ts'
import { stores } from './stores.ts'

export const dependenciesDashboard: Dashboard = {
  uid: 'mcp-dependencies',
  title: 'MCP server: dependencies',
  description: 'Which dependency is slow or down?',
  variables: [...commonVariables, dependencyVariable],
  rows: [health, operations, stores],
}
