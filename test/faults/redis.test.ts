import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Redis } from 'ioredis'
import { afterFile } from '../support/cleanup.ts'
import type { Scrape } from '../support/scrape.ts'
import { type Fault, runFault, testName } from './support/fault.ts'
import { type FaultStack, startFaultStack } from './support/fault-stack.ts'
import { freeze, thaw } from './support/processes.ts'

let stack: FaultStack
/** A connection outside the proxy, to change the configuration of Redis. */
let operator: Redis

before(async () => {
  stack = await startFaultStack()
  operator = new Redis(stack.redis.url)
  operator.on('error', () => undefined)
  afterFile(() => operator.disconnect())
})

const assertCacheErrors = (now: Scrape, before: Scrape) =>
  assert.ok(
    now.sum('mcp_cache_lookups_total', { result: 'error' }) >
      before.sum('mcp_cache_lookups_total', { result: 'error' }),
  )
/** Redis is not critical: /readyz stays 200. */
const down = { down: ['redis'], assertVisible: assertCacheErrors }

const faults: Fault[] = [
  {
    name: 'Redis refuses connections',
    inject: () => stack.redisProxy.cut(),
    repair: () => stack.redisProxy.restore(),
    ...down,
  },
  {
    name: 'Redis is frozen',
    inject: () => freeze(stack.redis.pid()),
    repair: () => thaw(stack.redis.pid()),
    ...down,
  },
  {
    name: 'Redis is slow (+0.2 s per response)',
    inject: () => {
      stack.redisProxy.delayMs = 100
    },
    repair: () => {
      stack.redisProxy.delayMs = 0
    },
  },
  {
    name: 'Redis restarts',
    inject: () => stack.redis.stop(),
    repair: () => stack.redis.start(),
    ...down,
  },
  {
    name: 'Redis: out of memory',
    inject: () => operator.config('SET', 'maxmemory', '1'),
    repair: () => operator.config('SET', 'maxmemory', '0'),
    assertVisible(now, before) {
      const failed = { dependency: 'redis', operation: 'set', outcome: 'error' }
      const name = 'mcp_dependency_operation_seconds_count'
      assert.ok(now.sum(name, failed) > before.sum(name, failed))
    },
  },
]

describe('the server under load during a fault of Redis', () => {
  for (const fault of faults) it(testName(fault), () => runFault(stack, fault))
})
