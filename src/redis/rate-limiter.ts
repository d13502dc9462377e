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
  const countShared = createSharedCounters(redis, namespace)
  const countHere = createOwnCounters()

  async function count(owner: string, uses: readonly Use[]): Promise<Counts> {
    if (!availability.shouldTry()) return countHere(owner, uses)
    try {
      const counts = await countShared(owner, uses)
      availability.succeeded()
      return counts
    } catch (error) {
      availability.failed(error)
      return countHere(owner, uses)
    }
  }

  return {
    async consume(owner, uses) {
      const { used, leftMs } = await count(owner, uses)
      return uses.map(({ quota }, i): QuotaState => {
        const left = quota.requests - (used[i] ?? 0)
        return {
          quota,
          exceeded: left < 0,
          remaining: Math.max(0, left),
          resetSeconds: Math.ceil(leftMs / 1_000),
        }
      })
    },
  }
}

/** Counts of an owner in its current window. */
interface Counts {
  /** For each use. */
  readonly used: readonly number[]
  readonly leftMs: number
}

const fieldOf = ({ quota, of = '' }: Use): string => `${quota.name} ${of}`

/** One key for each owner: keys of a cluster can be on several nodes, or about to move. */
const script = `
local reply = { 0 }
for i = 2, #ARGV, 2 do
  reply[#reply + 1] = redis.call('hincrby', KEYS[1], ARGV[i], ARGV[i + 1])
end
reply[1] = redis.call('pttl', KEYS[1])
if reply[1] < 0 then
  redis.call('expire', KEYS[1], ARGV[1])
  reply[1] = ARGV[1] * 1000
end
return reply`

declare module 'ioredis' {
  interface RedisCommander<Context> {
    countUses(key: string, ...args: (string | number)[]): Result<[number, ...number[]], Context>
  }
}

function createSharedCounters(redis: RedisClient, namespace: string) {
  redis.defineCommand('countUses', { numberOfKeys: 1, lua: script })
  return async (owner: string, uses: readonly Use[]): Promise<Counts> => {
    const key = `mcp:rate:${namespace}:${owner}`
    const points = uses.flatMap((use) => [fieldOf(use), use.points])
    const [leftMs, ...used] = await redis.countUses(key, windowSeconds, ...points)
    return { used, leftMs }
  }
}

function createOwnCounters() {
  /** Counters of the current window; dropped when it ends, to bound memory. */
  let current: { readonly used: Map<string, number>; readonly endsAtMs: number } | undefined
  return (owner: string, uses: readonly Use[]): Counts => {
    if (current === undefined) {
      current = { used: new Map(), endsAtMs: performance.now() + windowSeconds * 1_000 }
      setTimeout(() => {
        current = undefined
      }, windowSeconds * 1_000).unref()
    }
    const { used, endsAtMs } = current
    const counts = uses.map((use) => {
      const key = `${owner} ${fieldOf(use)}`
      used.set(key, (used.get(key) ?? 0) + use.points)
      return used.get(key) ?? 0
    })
    return { used: counts, leftMs: Math.max(0, endsAtMs - performance.now()) }
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
