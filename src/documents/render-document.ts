import { hash } from 'node:crypto'
import { extname } from 'node:path'
import { Tinypool } from 'tinypool'
import { escapeHtml } from '../http/pages/layout.ts'
import { createShortCache } from '../lib/short-cache.ts'
import type { Document } from './document.ts'

type Source = Pick<Document, 'id' | 'source' | 'text'>

const maxLength = 256 * 1024
const defaultTimeoutMs = 2_000
/** How long a slow document is shown as text without another attempt. */
const slowForMs = 600_000
/** For starting the worker. */
const startTimeoutMs = 10_000
/** Documents that wait for the worker. */
const maxWaiting = 4
/** HTML is at most a few MB each. */
const cacheOptions = { ttlMs: 3_600_000, maxEntries: 20 }
/** Slow documents that are remembered; beyond this number all are forgotten. */
const maxRemembered = 10_000

/**
 * Renders documents to HTML in one worker process, within a deadline, and caches the HTML by content. A document
 * becomes escaped plain text if it is too large or too slow, or if too many wait, so that every page stays readable.
 */
export function createDocumentRenderer(timeoutMs = defaultTimeoutMs): (document: Source) => Promise<string> {
  const extension = extname(import.meta.url)
  const worker = new Tinypool({
    filename: new URL(`./render-worker${extension}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 30_000,
    // Not a thread, in which tsx cannot load TypeScript on Node 20.
    runtime: 'child_process',
    execArgv: ['--max-old-space-size=128', ...(extension === '.ts' ? ['--import', 'tsx'] : [])],
  })
  let starting = new AbortController()
  // A worker that ended while idle, or did not start: the next document starts another one.
  worker.on('error', () => starting.abort())
  const cache = createShortCache<string>(cacheOptions)
  const slowUntilMs = new Map<string, number>()
  let waiting = 0
  let latest: Promise<unknown> = Promise.resolve()

  /** One at a time, so that the deadline of a document does not include waiting for another. */
  function render(document: Source): Promise<string> {
    waiting++
    const html = latest.then(async () => {
      // Starts the worker, so that the deadline does not include it.
      starting = new AbortController()
      const signal = AbortSignal.any([starting.signal, AbortSignal.timeout(startTimeoutMs)])
      await worker.run({ ...document, text: '' }, { signal }).catch(() => Promise.reject(new Busy()))
      return (await worker.run(document, { signal: AbortSignal.timeout(timeoutMs) })) as string
    })
    latest = html.catch(() => undefined).finally(() => waiting--)
    return html
  }

  return async (document) => {
    const { id, source, text } = document
    const key = hash('sha256', JSON.stringify([id, source, text]), 'base64')
    const isSlow = (slowUntilMs.get(key) ?? 0) > performance.now()
    if (text.length > maxLength || isSlow) return plainText(text)
    try {
      return await cache.get(key, () => {
        if (waiting >= maxWaiting) throw new Busy()
        return render({ id, source, text })
      })
    } catch (error) {
      if (error instanceof Busy) return plainText(text)
      if (!isExceededLimit(error)) throw error
      if (slowUntilMs.size >= maxRemembered) slowUntilMs.clear()
      slowUntilMs.set(key, performance.now() + slowForMs)
      return plainText(text)
    }
  }
}

/** Too many documents wait, or the worker does not start. */
class Busy extends Error {}

/** The deadline, or a worker that ran out of memory. */
const isExceededLimit = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || error.message === 'Worker exited unexpectedly')

const plainText = (text: string): string =>
  `<p class="notice">Shown as plain text: this document is large or slow to render, or the server is busy.</p>
<pre class="plain" tabindex="0">${escapeHtml(text)}</pre>`
