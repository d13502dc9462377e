import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  wrap,
} from 'cockatiel'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Logger } from '../telemetry/logger.ts'

export interface WikipediaHit {
  readonly title: string
  readonly url: string
  readonly snippet: string
}

/** Wikipedia's search, or any server with the same API. Every error it throws is an `AppError`. */
export interface WikipediaClient {
  search(query: string, options: { limit: number; signal?: AbortSignal }): Promise<WikipediaHit[]>
}

/** https://www.mediawiki.org/wiki/API:REST_API/Reference#Search_pages */
const SearchResponse = z.object({
  pages: z.array(
    z.object({ key: z.string(), title: z.string(), excerpt: z.string(), description: z.string().nullish() }),
  ),
})

const attemptTimeoutMs = 2_000
const maxResponseBytes = 1_000_000

/** An answer that another attempt may improve: no answer, too slow, or the server's own fault (5xx). */
class TransientError extends Error {
  override readonly name = 'TransientError'
}

export function createWikipediaClient({
  baseUrl,
  userAgent,
  logger,
}: {
  baseUrl: string
  userAgent: string
  logger: Logger
}): WikipediaClient {
  const transient = handleWhen((error) => error instanceof TransientError)
  const breaker = circuitBreaker(transient, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) })
  breaker.onStateChange((state) =>
    logger.warn('circuit breaker changed', { dependency: 'external_api', state: CircuitState[state] }),
  )
  // ExponentialBackoff adds decorrelated jitter by itself.
  const retried = retry(transient, {
    maxAttempts: 1,
    backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 500 }),
  })
  const policy = wrap(retried, breaker)

  async function attempt(url: URL, signal: AbortSignal | undefined): Promise<unknown> {
    const timeout = AbortSignal.timeout(attemptTimeoutMs)
    try {
      const response = await fetch(url, {
        headers: { accept: 'application/json', 'user-agent': userAgent },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      if (!response.ok) {
        await response.body?.cancel()
        throw response.status >= 500
          ? new TransientError(`HTTP ${response.status}`)
          : new AppError(
              'upstream_error',
              `Wikipedia refused the search (HTTP ${response.status}); try again later.`,
            )
      }
      return JSON.parse(await readBounded(response))
    } catch (error) {
      if (error instanceof AppError || error instanceof TransientError) throw error
      signal?.throwIfAborted()
      throw new TransientError('no usable answer', { cause: error })
    }
  }

  return {
    async search(query, { limit, signal }) {
      const url = new URL(`${baseUrl}/w/rest.php/v1/search/page`)
      url.searchParams.set('q', query)
      url.searchParams.set('limit', String(limit))
      const answer = await policy
        .execute(() => attempt(url, signal), signal)
        .catch((error: unknown) => {
          signal?.throwIfAborted()
          throw toUpstreamError(error)
        })
      const parsed = SearchResponse.safeParse(answer)
      if (!parsed.success) throw toUpstreamError(parsed.error)
      return parsed.data.pages.map(({ key, title, excerpt, description }) => ({
        title,
        url: `${baseUrl}/wiki/${encodeURIComponent(key)}`,
        snippet: plainText(excerpt) || (description ?? ''),
      }))
    },
  }
}

function toUpstreamError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof BrokenCircuitError) {
    return new AppError(
      'unavailable',
      'Wikipedia has failed repeatedly and is left alone for some seconds; try again shortly.',
      { cause: error },
    )
  }
  return new AppError('upstream_error', 'Wikipedia did not give a usable answer; try again later.', {
    cause: error,
  })
}

/** Reads a body as text, but no more than a sane answer has, so that an endless one can't fill the memory. */
async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).byteLength
    if (size > maxResponseBytes) throw new Error(`the answer is longer than ${maxResponseBytes} bytes`)
    text += decoder.decode(chunk as Uint8Array, { stream: true })
  }
  return text + decoder.decode()
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#039': "'", nbsp: ' ' }

/** An excerpt is HTML with `<span class="searchmatch">` around matches: matches become `**`, all other tags go. */
function plainText(html: string): string {
  return html
    .replace(/<span class="searchmatch">(.*?)<\/span>/g, '**$1**')
    .replace(/<[^>]*>/g, '')
    .replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/\s+/g, ' ')
    .trim()
}
