import { setTimeout as delay } from 'node:timers/promises'
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { readBounded } from '../lib/bounded-body.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import { measureOperations } from '../telemetry/operations.ts'
import { plainText } from './excerpt.ts'
import { createRetryAfterGate } from './retry-after.ts'
import { createRetryBudget } from './retry-budget.ts'

export interface WikipediaHit {
  readonly title: string
  readonly url: string
  readonly snippet: string
}

/** Wikipedia's search, or any server with the same API. `search` throws only `AppError`s. */
export interface WikipediaClient {
  search(query: string, options: { limit: number; signal?: AbortSignal }): Promise<WikipediaHit[]>
  /** A minimal search, for health checks. */
  ping(signal: AbortSignal): Promise<void>
}

/** Replaces lone surrogates, which are valid in JSON but not in URLs, by U+FFFD. */
const urlText = z.string().transform((text) => Buffer.from(text).toString())

/** https://www.mediawiki.org/wiki/API:REST_API/Reference#Search_pages */
const SearchResponse = z.object({
  pages: z.array(
    z.object({ key: urlText, title: z.string(), excerpt: z.string(), description: z.string().nullish() }),
  ),
})

/** Its name in health checks, metrics and log lines. */
export const dependency = 'external_api'
const attemptTimeoutMs = 2_000
const halfOpenAfterMs = 5_000
const maxResponseBytes = 1_000_000
/** Backoff with jitter, so that calls that failed together do not retry together. */
const retryDelayMs = () => 100 + Math.random() * 400

const stateNames: Readonly<Record<CircuitState, string>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'isolated',
}

/** A retryable failure: no response, a timeout or a 5xx status. */
class TransientError extends Error {
  override readonly name = 'TransientError'
}

export interface WikipediaOptions {
  readonly baseUrl: string
  readonly userAgent: string
  readonly logger: Logger
  readonly metrics: Metrics
}

export function createWikipediaClient({
  baseUrl,
  userAgent,
  logger,
  metrics,
}: WikipediaOptions): WikipediaClient {
  const breaker = circuitBreaker(handleWhen(isTransient), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(5),
  })
  let openedAtMs = 0
  breaker.onStateChange((state) => {
    if (state === CircuitState.Open) openedAtMs = performance.now()
    logger.warn('circuit breaker changed state', {
      function: 'onStateChange',
      dependency,
      state: stateNames[state],
    })
  })
  metrics.onCollect(() => {
    // Cockatiel turns half-open only at the next call; without calls the metric would stay open forever.
    const isDue = breaker.state === CircuitState.Open && performance.now() - openedAtMs >= halfOpenAfterMs
    const current = isDue ? CircuitState.HalfOpen : breaker.state
    for (const [state, name] of Object.entries(stateNames)) {
      metrics.set('mcp_circuit_breaker_state', { dependency, state: name }, current === Number(state) ? 1 : 0)
    }
  })
  const measured = measureOperations(metrics, dependency)
  const retryBudget = createRetryBudget({ ratio: 0.1, reserve: 5 })
  const retryAfterGate = createRetryAfterGate()

  async function attempt(
    url: URL,
    signal: AbortSignal | undefined,
  ): Promise<z.output<typeof SearchResponse>> {
    const timeout = AbortSignal.timeout(attemptTimeoutMs)
    try {
      const response = await fetch(url, {
        headers: { accept: 'application/json', 'user-agent': userAgent },
        // A redirect could lead into the server's own network (SSRF); its status is reported as a failure.
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      if (!response.ok) {
        await response.body?.cancel()
        const retryAfter = response.headers.get('retry-after')
        if (response.status === 429 || retryAfter !== null) retryAfterGate.close(retryAfter)
        throw response.status >= 500
          ? new TransientError(`HTTP ${response.status}`)
          : new AppError(
              'upstream_error',
              `Wikipedia rejected the search (HTTP ${response.status}); try again later.`,
            )
      }
      return SearchResponse.parse(JSON.parse(await readBounded(response, maxResponseBytes)))
    } catch (error) {
      if (error instanceof AppError || error instanceof TransientError) throw error
      signal?.throwIfAborted()
      throw new TransientError('no valid response', { cause: error })
    }
  }

  function throwIfGateClosed(): void {
    const seconds = Math.ceil(retryAfterGate.remainingMs() / 1_000)
    if (seconds > 0)
      throw new AppError('unavailable', `Wikipedia rate limit reached; try again in ${seconds} s.`)
  }

  /** Retries a transient failure once, within the retry budget. */
  async function withRetry<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    retryBudget.earn()
    try {
      return await work()
    } catch (error) {
      // An open breaker would reject the retry, and hide the cause.
      const isRetryable = isTransient(error) && breaker.state === CircuitState.Closed
      if (signal?.aborted || !isRetryable || retryAfterGate.remainingMs() > 0 || !retryBudget.spend())
        throw error
      await delay(retryDelayMs(), undefined, { signal })
      return work()
    }
  }

  function searchUrl(query: string, limit: number): URL {
    const url = new URL(`${baseUrl}/w/rest.php/v1/search/page`)
    url.searchParams.set('q', query)
    url.searchParams.set('limit', String(limit))
    return url
  }

  return {
    async search(query, { limit, signal }) {
      throwIfGateClosed()
      const url = searchUrl(query, limit)
      // Cockatiel closes a half-open breaker on any error that is not transient, so a leaving caller must not abort the
      // attempt that decides.
      const request = () =>
        breaker.execute(() => {
          // Again, because another call may have closed the gate during the retry's delay or the half-open attempt.
          throwIfGateClosed()
          return measured('search', () =>
            attempt(url, breaker.state === CircuitState.Closed ? signal : undefined),
          )
        }, signal)
      const { pages } = await withRetry(request, signal).catch((error: unknown) => {
        signal?.throwIfAborted()
        throw toUpstreamError(error)
      })
      return pages.slice(0, limit).map(({ key, title, excerpt, description }) => ({
        title: plainText(title),
        url: `${baseUrl}/wiki/${encodeURIComponent(key)}`,
        snippet: plainText(excerpt) || plainText(description ?? ''),
      }))
    },

    // Bypasses the breaker, so that an open breaker does not hide a recovered API.
    async ping(signal) {
      throwIfGateClosed()
      await measured('ping', () => attempt(searchUrl('earth', 1), signal))
    },
  }
}

const isTransient = (error: unknown): boolean => error instanceof TransientError

function toUpstreamError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof BrokenCircuitError) {
    return new AppError('unavailable', 'Wikipedia failed repeatedly; try again in a few seconds.', {
      cause: error,
    })
  }
  return new AppError('upstream_error', 'Wikipedia returned no valid response; try again later.', {
    cause: error,
  })
}
