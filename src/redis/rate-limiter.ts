import type { Result } from 'ioredis'
import type { Quota, QuotaState } from '../lib/rate-limit-headers.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import type { RedisClient } from './client.ts'

/** What a call uses of a quota. */
export interface Use {
  readonly quota: Quota
  /** For a quota with several counters for each owner: what this one counts, such as a tool. */
  readonly of?: string
  readonly points: number
}

/** Counts against quotas. Never rejects: without Redis it falls back to in-process counters. */
export interface RateLimiter {
  /** @returns the state of each used quota, in their order */
  consume(owner: string, uses: readonly Use[]): Promise<QuotaState[]>
}

export interface RateLimiterOptions {
  readonly redis: RedisClient
  /** Separates the counters of deployments that share a Redis. */
  readonly namespace: string
  readonly logger: Logger
  readonly metrics: Metrics
}

const windowSeconds = 60
/** Cool-down after a Redis failure, so that a frozen Redis does not delay every call. */
const coolDownMs = 1_000

export const perMinute = (name: string, requests: number): Quota => ({ name, requests, windowSeconds })

/**
 * Fixed-window counters in Redis, shared by all replicas. While Redis fails, each process uses its own counters and one
 * call per cool-down tries Redis again.
 */
export function createRateLimiter({ redis, namespace, logger, metrics }: RateLimiterOptions): RateLimiter {
  const availability = trackAvailability(logger)
  metrics.onCollect(() => metrics.set('mcp_rate_limit_fallback', {}, availability.isDown() ? 1 : 0))
  const countShared = createSharedCounters(redis)
  const countHere = createOwnCounters()

  async function count(counters: readonly Counter[]): Promise<Count[]> {
    if (!availability.shouldTry()) return countHere(counters)
    try {
      const counts = await countShared(counters)
      availability.succeeded()
      return counts
    } catch (error) {
      availability.failed(error)
      return countHere(counters)
    }
  }

  return {
    async consume(owner, uses) {
      // Braces: a cluster keeps the counters of an owner on one node, where one script can change them.
      const keyOf = ({ quota, of = '' }: Use) => `mcp:rate:{${owner}}:${namespace}:${quota.name}:${of}`
      const counts = await count(uses.map((use) => ({ key: keyOf(use), points: use.points })))
      return uses.map(({ quota }, i) => stateOf(quota, counts[i]))
    },
  }
}

interface Counter {
  readonly key: string
  readonly points: number
}

/** Of a counter in its current window. */
interface Count {
  readonly used: number
  readonly leftMs: number
}

function stateOf(quota: Quota, { used, leftMs }: Count = { used: 0, leftMs: 0 }): QuotaState {
  const remaining = Math.max(0, quota.requests - used)
  return { quota, exceeded: used > quota.requests, remaining, resetSeconds: Math.ceil(leftMs / 1_000) }
}

/** One script for all counters of a call: one command, and no counter without an end. */
const script = `
local counts = {}
for i, key in ipairs(KEYS) do
  redis.call('set', key, 0, 'EX', ARGV[1], 'NX')
  counts[2 * i - 1] = redis.call('incrby', key, ARGV[i + 1])
  counts[2 * i] = redis.call('pttl', key)
end
return counts`

declare module 'ioredis' {
  interface RedisCommander<Context> {
    countUses(keys: number, ...args: (string | number)[]): Result<number[], Context>
  }
}

function createSharedCounters(redis: RedisClient) {
  redis.defineCommand('countUses', { lua: script })
  return async (counters: readonly Counter[]): Promise<Count[]> => {
    const keys = counters.map(({ key }) => key)
    const counts = await redis.countUses(
      keys.length,
      ...keys,
      windowSeconds,
      ...counters.map(({ points }) => points),
    )
    return keys.map((_, i) => ({ used: Number(counts[2 * i]), leftMs: Number(counts[2 * i + 1]) }))
  }
}

/** One window for all counters, after which they are dropped: they are as many as one window brings. */
function createOwnCounters() {
  let used = new Map<string, number>()
  let endsAtMs = 0
  return (counters: readonly Counter[]): Count[] => {
    if (performance.now() >= endsAtMs) {
      used = new Map()
      endsAtMs = performance.now() + windowSeconds * 1_000
    }
    return counters.map(({ key, points }) => {
      used.set(key, (used.get(key) ?? 0) + points)
      return { used: used.get(key) ?? 0, leftMs: endsAtMs - performance.now() }
    })
  }
}

function trackAvailability(logger: Logger) {
  let down = false
  let retryAtMs = 0
  return {
    isDown: () => down,
    shouldTry(): boolean {
      if (!down) return true
      if (performance.now() < retryAtMs) return false
      retryAtMs = performance.now() + coolDownMs
      return true
    },
    succeeded(): void {
      if (down) logger.info('rate limiting returned to shared counters', { function: 'consume' })
      down = false
    },
    failed(error: unknown): void {
      if (!down) logger.warn('rate limiting fell back to in-process counters', { function: 'consume', error })
      down = true
      retryAtMs = performance.now() + coolDownMs
    },
  }
}
