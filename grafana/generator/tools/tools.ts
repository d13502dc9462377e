import type { Dashboard } from '../model.ts'
import { commonVariables, toolVariable } from '../variables.ts'
import { calls } from './calls.ts'
import { results } from './results.ts'
import { tokens } from './tokens.ts'

export const toolsDashboard: Dashboard = {
  uid: 'mcp-tools',
  title: 'Tools',
  description: 'Which tool is slow or fails?',
  variables: [...commonVariables, toolVariable],
  rows: [calls, results, tokens],
}
