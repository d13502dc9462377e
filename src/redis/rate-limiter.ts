import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Quota, QuotaState } from '../lib/rate-limit-headers.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import type { RedisClient } from './client.ts'

/** Counts against one quota. Never rejects: without Redis it falls back to in-process counters. */
export interface RateLimiter {
  readonly quota: Quota
  consume(key: string, points: number): Promise<QuotaState>
}

export interface RateLimitersOptions<Name extends string> {
  readonly redis: RedisClient
  /** Separates the counters of deployments that share a Redis. */
  readonly namespace: string
  readonly perMinute: Readonly<Record<Name, number>>
  readonly logger: Logger
  readonly metrics: Metrics
}

const windowSeconds = 60
/** Cool-down after a Redis failure, so that a frozen Redis does not delay every call. */
const coolDownMs = 1_000

/**
 * Fixed-window limiters in Redis, shared by all replicas. An exceeded limit is cached in-process until its window ends.
 * While Redis fails, each process uses its own counters and one call per cool-down tries Redis again.
 */
export function createRateLimiters<Name extends string>({
  redis,
  namespace,
  perMinute,
  logger,
  metrics,
}: RateLimitersOptions<Name>): Readonly<Record<Name, RateLimiter>> {
  const availability = trackAvailability(logger)
  metrics.onCollect(() => metrics.set('mcp_rate_limit_fallback', {}, availability.isDown() ? 1 : 0))

  function createRateLimiter(name: Name): RateLimiter {
    const points = perMinute[name]
    const quota: Quota = { name, requests: points, windowSeconds }
    const window = { points, duration: windowSeconds }
    const shared = new RateLimiterRedis({
      ...window,
      storeClient: redis,
      keyPrefix: `mcp:rate:${namespace}:${name}`,
      inMemoryBlockOnConsumed: points,
    })
    // Not the library's `insuranceLimiter`, which falls back silently and tries Redis on every call.
    const fallback = new RateLimiterMemory(window)

    return {
      quota,
      async consume(key, points) {
        if (availability.shouldTry()) {
          try {
            const state = await stateOf(quota, shared.consume(key, points))
            availability.succeeded()
            return state
          } catch (error) {
            availability.failed(error)
          }
        }
        return stateOf(quota, fallback.consume(key, points))
      },
    }
  }

  const names = Object.keys(perMinute) as Name[]
  return Object.fromEntries(names.map((name) => [name, createRateLimiter(name)])) as Record<Name, RateLimiter>
}

/** The library rejects with a `RateLimiterRes` if the limit is exceeded, and with an Error if the store fails. */
async function stateOf(quota: Quota, consumed: Promise<RateLimiterRes>): Promise<QuotaState> {
  const [exceeded, { remainingPoints, msBeforeNext }] = await consumed.then(
    (result) => [false, result] as const,
    (thrown: unknown) => {
      if (thrown instanceof RateLimiterRes) return [true, thrown] as const
      throw thrown
    },
  )
  return { quota, exceeded, remaining: remainingPoints, resetSeconds: Math.ceil(msBeforeNext / 1_000) }
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
