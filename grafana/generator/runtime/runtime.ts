import type { Dashboard } from '../model.ts'
import { commonVariables } from '../variables.ts'
import { load } from './load.ts'
import { processes } from './processes.ts'
import { saturation } from './saturation.ts'

export const runtime: Dashboard = {
  uid: 'mcp-runtime',
  title: 'Runtime',
  description: 'How saturated are the processes?',
  variables: commonVariables,
  rows: [processes, saturation, load],
}
