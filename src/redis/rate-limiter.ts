import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Quota, QuotaState } from '../lib/rate-limit-headers.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { RedisClient } from './client.ts'

/** Counts against one quota. Never rejects: without Redis this process counts alone. */
export interface RateLimiter {
  readonly quota: Quota
  consume(key: string, points: number): Promise<QuotaState>
}

export interface RateLimitersOptions<Name extends string> {
  readonly redis: RedisClient
  /** Keeps apart the counts of deployments that share a Redis. */
  readonly namespace: string
  readonly perMinute: Readonly<Record<Name, number>>
  readonly logger: Logger
}

const windowSeconds = 60
/** How long a Redis that failed is left alone, so that a frozen one does not hold up every call. */
const askAgainAfterMs = 1_000

/**
 * One limiter a quota, over fixed windows in Redis that all replicas share. A limit that is reached is
 * remembered here until its window ends, without asking again. While Redis fails, each process counts by
 * itself, and one call a second tries whether it is back: the others are not delayed by a Redis that hangs.
 */
export function createRateLimiters<Name extends string>({
  redis,
  namespace,
  perMinute,
  logger,
}: RateLimitersOptions<Name>): Readonly<Record<Name, RateLimiter>> {
  const store = createStoreWatch(logger)

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
    // Not given to the library as its `insuranceLimiter`: it would be asked in silence, after Redis every time.
    const insurance = new RateLimiterMemory(window)

    return {
      quota,
      async consume(key, points) {
        if (store.isToBeAsked()) {
          try {
            const state = await stateOf(quota, shared.consume(key, points))
            store.answered()
            return state
          } catch (error) {
            store.failed(error)
          }
        }
        return stateOf(quota, insurance.consume(key, points))
      },
    }
  }

  const names = Object.keys(perMinute) as Name[]
  return Object.fromEntries(names.map((name) => [name, createRateLimiter(name)])) as Record<Name, RateLimiter>
}

/** The library rejects with its result where a limit is exceeded, and with an error where it could not count. */
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

function createStoreWatch(logger: Logger) {
  let away = false
  let askAgainAtMs = 0
  return {
    isToBeAsked(): boolean {
      if (!away) return true
      if (performance.now() < askAgainAtMs) return false
      askAgainAtMs = performance.now() + askAgainAfterMs
      return true
    },
    answered(): void {
      if (away) logger.info('limits are shared by the replicas again', { function: 'consume' })
      away = false
    },
    failed(error: unknown): void {
      if (!away) logger.warn('limits are counted by this process alone', { function: 'consume', error })
      away = true
      askAgainAtMs = performance.now() + askAgainAfterMs
    },
  }
}
