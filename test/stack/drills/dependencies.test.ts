import { before, describe, it } from 'node:test'
import { type DrillStack, startDrillStack } from './support/drill-stack.ts'
import { drilled } from './support/drilled.ts'

let stack: DrillStack
before(async () => {
  stack = await startDrillStack()
})

const down = (dependency: string) => ({
  promql: `mcp_dependency_up{dependency="${dependency}"} == 0`,
  says: `the check of ${dependency} fails`,
})

describe('the alerts about a dependency', () => {
  it('come and go with Postgres', () =>
    drilled(stack, {
      name: 'stop Postgres',
      sign: down('database'),
      expects: [
        { name: 'DependencyDown', labels: { dependency: 'database', severity: 'page' } },
        { name: 'HighErrorRate', labels: { tool_name: 'search' } },
      ],
      // Of other tools: what is in the cache is answered for a while.
      mayAlsoFire: ['HighErrorRate'],
      breakIt: () => stack.postgres.stop(),
      repair: () => stack.postgres.start(),
    }))

  it('come and go with Redis, which no caller feels', () =>
    drilled(stack, {
      name: 'stop Redis',
      sign: down('redis'),
      expects: [
        { name: 'DependencyDown', labels: { dependency: 'redis', severity: 'warn' } },
        { name: 'CacheErrors' },
      ],
      breakIt: () => stack.redis.stop(),
      repair: () => stack.redis.start(),
    }))

  it('come and go with an external API that is slow', () =>
    drilled(stack, {
      name: 'slow external API',
      sign: down('external_api'),
      expects: [
        { name: 'SlowToolCalls', labels: { tool_name: 'search_wikipedia' } },
        { name: 'DependencyDown', labels: { dependency: 'external_api', severity: 'warn' } },
      ],
      // Slower than an attempt may take is failing, too.
      mayAlsoFire: ['HighErrorRate', 'CircuitBreakerOpen'],
      breakIt: async () => stack.api.setFault({ kind: 'slow', delayMs: 3_000 }),
      repair: async () => stack.api.setFault(undefined),
    }))

  it('come and go with an external API that fails', () =>
    drilled(stack, {
      name: 'failing external API',
      sign: down('external_api'),
      expects: [
        { name: 'CircuitBreakerOpen', labels: { dependency: 'external_api' } },
        { name: 'DependencyDown', labels: { dependency: 'external_api', severity: 'warn' } },
        { name: 'HighErrorRate', labels: { tool_name: 'search_wikipedia' } },
      ],
      breakIt: async () => stack.api.setFault({ kind: 'error' }),
      repair: async () => stack.api.setFault(undefined),
    }))
})
