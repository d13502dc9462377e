import type { Dashboard } from '../model.ts'
import { commonVariables } from '../variables.ts'
import { capacity } from './capacity.ts'
import { load } from './load.ts'
import { processes } from './processes.ts'
import { saturation } from './saturation.ts'

export const runtime: Dashboard = {
  uid: 'mcp-runtime',
  title: 'Runtime',
  description: 'How saturated are the processes, and is another replica needed?',
  variables: commonVariables,
  rows: [capacity, processes, saturation, load],
}
