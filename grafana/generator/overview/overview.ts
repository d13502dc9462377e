import type { Dashboard } from '../model.ts'
import { commonVariables } from '../variables.ts'
import { components } from './components.ts'
import { failures } from './failures.ts'
import { now } from './now.ts'
import { objectives } from './objectives.ts'
import { outside } from './outside.ts'
import { saturation } from './saturation.ts'
import { traffic } from './traffic.ts'

export const overview: Dashboard = {
  uid: 'mcp-overview',
  title: 'Overview',
  description:
    'Are the objectives met, and do failures come from the server, its dependencies or its clients?',
  variables: commonVariables,
  rows: [now, traffic, saturation, failures, components, outside, objectives],
}
