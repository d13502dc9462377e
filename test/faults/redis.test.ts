import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Redis } from 'ioredis'
import { afterFile } from '../support/cleanup.ts'
import type { Scrape } from '../support/scrape.ts'
import { type Fault, runFault } from './support/fault.ts'
import { type FaultStack, startFaultStack } from './support/fault-stack.ts'
import { freeze, thaw } from './support/processes.ts'

let stack: FaultStack
/** The operator's own connection, which is not broken with the server's. */
let operator: Redis

before(async () => {
  stack = await startFaultStack()
  operator = new Redis(stack.redis.url)
  operator.on('error', () => undefined)
  afterFile(() => operator.disconnect())
})

const cacheErrors = (now: Scrape, before: Scrape) =>
  assert.ok(
    now.sum('mcp_cache_requests_total', { result: 'error' }) >
      before.sum('mcp_cache_requests_total', { result: 'error' }),
  )
/** Redis is not critical: ready all the same. */
const down = { down: ['redis'], shows: cacheErrors }

const faults: Fault[] = [
  {
    name: 'Redis refuses connections',
    inject: () => stack.redisLink.cut(),
    repair: () => stack.redisLink.mend(),
    ...down,
  },
  {
    name: 'Redis is frozen',
    inject: () => freeze(stack.redis.pid()),
    repair: () => thaw(stack.redis.pid()),
    ...down,
  },
  {
    name: 'Redis is slow (0.2 s more for each answer)',
    inject: () => {
      stack.redisLink.delayMs = 100
    },
    repair: () => {
      stack.redisLink.delayMs = 0
    },
  },
  {
    name: 'Redis restarts',
    inject: () => stack.redis.stop(),
    repair: () => stack.redis.start(),
    ...down,
  },
  {
    name: 'Redis: its memory is full',
    inject: () => operator.config('SET', 'maxmemory', '1'),
    repair: () => operator.config('SET', 'maxmemory', '0'),
    shows(now, before) {
      const failed = { dependency: 'redis', operation: 'set', outcome: 'error' }
      const name = 'mcp_dependency_operation_seconds_count'
      assert.ok(now.sum(name, failed) > before.sum(name, failed))
    },
  },
]

describe('under load, when something is wrong with Redis', () => {
  for (const fault of faults) it(fault.name, () => runFault(stack, fault))
})
