import { before, describe, it } from 'node:test'
import { type DrillStack, startDrillStack } from './support/drill-stack.ts'
import { runDrillTest } from './support/run-drill-test.ts'

let stack: DrillStack
before(async () => {
  stack = await startDrillStack()
})

const down = (dependency: string) => ({
  promql: `mcp_dependency_up{dependency="${dependency}"} == 0`,
  description: `the check of ${dependency} fails`,
})

describe('the dependency alerts', () => {
  it('fire and resolve with an outage of Postgres', () =>
    runDrillTest(stack, {
      name: 'stop Postgres',
      symptom: down('database'),
      expects: [
        { name: 'DependencyDown', labels: { dependency: 'database', severity: 'page' } },
        { name: 'HighErrorRate', labels: { tool_name: 'search' } },
      ],
      // Other tools fail later, once their cache entries expire.
      mayAlsoFire: ['HighErrorRate'],
      injectFault: () => stack.postgres.stop(),
      repair: () => stack.postgres.start(),
    }))

  it('fire and resolve with an outage of Redis, without failed calls', () =>
    runDrillTest(stack, {
      name: 'stop Redis',
      symptom: down('redis'),
      expects: [
        { name: 'DependencyDown', labels: { dependency: 'redis', severity: 'warn' } },
        { name: 'CacheErrors' },
        { name: 'RateLimitFallback' },
      ],
      injectFault: () => stack.redis.stop(),
      repair: () => stack.redis.start(),
    }))

  it('fire and resolve with a slow external API', () =>
    runDrillTest(stack, {
      name: 'slow external API',
      symptom: down('external_api'),
      expects: [
        { name: 'SlowToolCalls', labels: { tool_name: 'search_wikipedia' } },
        { name: 'DependencyDown', labels: { dependency: 'external_api', severity: 'warn' } },
      ],
      // Responses slower than the timeout of an attempt count as failures.
      mayAlsoFire: ['HighErrorRate', 'CircuitBreakerOpen'],
      injectFault: async () => stack.api.setFault({ kind: 'slow', delayMs: 3_000 }),
      repair: async () => stack.api.setFault(undefined),
    }))

  it('fire and resolve with a failing external API', () =>
    runDrillTest(stack, {
      name: 'failing external API',
      symptom: down('external_api'),
      expects: [
        { name: 'CircuitBreakerOpen', labels: { dependency: 'external_api' } },
        { name: 'DependencyDown', labels: { dependency: 'external_api', severity: 'warn' } },
        { name: 'HighErrorRate', labels: { tool_name: 'search_wikipedia' } },
      ],
      injectFault: async () => stack.api.setFault({ kind: 'error' }),
      repair: async () => stack.api.setFault(undefined),
    }))
})
