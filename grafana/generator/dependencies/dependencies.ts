import type { Dashboard } from '../model.ts'
import { commonVariables, dependencyVariable } from '../variables.ts'
import { health } from './health.ts'
import { operations } from './operations.ts'
import { postgres } from './postgres.ts'
import { redis } from './redis.ts'
import { stores } from './stores.ts'

export const dependenciesDashboard: Dashboard = {
  uid: 'mcp-dependencies',
  title: 'Dependencies',
  description: 'Which dependency is slow or down?',
  variables: [...commonVariables, dependencyVariable],
  rows: [health, operations, stores, postgres, redis],
}
