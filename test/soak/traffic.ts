import { setTimeout as delay } from 'node:timers/promises'
import { pick, waitMs, whole } from '../../dev/demo/random.ts'
import { createTally } from '../../dev/demo/tally.ts'
import { runUsers } from '../../dev/demo/user.ts'
import type { FaultyApi } from '../support/faulty-api.ts'
import { modernRequest, post, postLegacy, postModern } from '../support/raw.ts'

const users = 10
const callsPerSecond = 40
const faultEveryMs = 60_000
const faultLastsMs = 5_000

export interface SoakTraffic {
  readonly tally: ReturnType<typeof createTally>
  /** Resolves when all clients have stopped; rejects if one failed before. */
  stop(): Promise<void>
}

/** Valid and invalid requests, streams, aborted calls, pages and faults, until it is stopped. */
export function startTraffic({
  server,
  mcpUrl,
  api,
}: {
  server: string
  mcpUrl: URL
  api: FaultyApi
}): SoakTraffic {
  const stopping = new AbortController()
  const { signal } = stopping
  const tally = createTally()
  const simulatedUsers = runUsers({
    url: mcpUrl,
    users,
    callsPerSecond,
    externalEveryMs: 500,
    onResult: tally.add,
    signal,
  })

  /** Repeats an activity with random pauses. */
  async function repeat(meanWaitMs: number, act: () => Promise<unknown>): Promise<void> {
    for (;;) {
      await act()
      await delay(waitMs(meanWaitMs), undefined, { signal })
    }
  }
  const others = [
    repeat(100, () => pick(invalidRequests)(mcpUrl)),
    repeat(100, () => pick(rawCalls)(mcpUrl)),
    repeat(200, () => abortCall(mcpUrl)),
    repeat(300, () => fetch(`${server}${pick(pages)}`).then((page) => page.arrayBuffer())),
    ...[1, 2, 3].map(() => repeat(300, () => openStream(mcpUrl, whole(50, 3_000)))),
    repeat(1, () => injectApiFault(api, signal)),
  ]
  const all = [simulatedUsers, ...others]
  // Activities end only by an unexpected error; keep the first one.
  let failure: unknown
  for (const one of all) one.catch((error) => (failure ??= signal.aborted ? undefined : error))
  return {
    tally,
    async stop() {
      stopping.abort()
      await Promise.allSettled(all)
      if (failure !== undefined) throw failure
    },
  }
}

type Send = (mcpUrl: URL) => Promise<unknown>

const rawCalls: readonly Send[] = [
  (url) => postModern(url, 'tools/call', { name: 'search', arguments: { query: 'alert' } }),
  (url) => postLegacy(url, 'tools/call', { name: 'fetch', arguments: { id: 'guides.quick-start' } }),
  (url) => postModern(url, 'resources/list'),
  (url) => postLegacy(url, 'tools/list'),
]

const invalidRequests: readonly Send[] = [
  (url) => post(url, '{"jsonrpc":'),
  (url) => post(url, modernRequest('tools/list'), { 'mcp-method': 'prompts/list' }),
  (url) => postModern(url, 'tools/call', { name: 'no_such_tool', arguments: {} }),
  (url) => postLegacy(url, 'tools/call', { name: 'search', arguments: { query: 7 } }),
  (url) => postModern(url, 'no/such/method'),
  (url) => postModern(url, 'tools/list', {}, { origin: 'https://evil.example' }),
  (url) => post(url, 'x'.repeat(5_000_000)),
]

const pages = ['/documents/guides.quick-start', '/documents/nope', '/health', '/readyz', '/nope']

/** A call that the client aborts before the response. */
async function abortCall(url: URL): Promise<void> {
  const body = JSON.stringify(modernRequest('tools/call', { name: 'search', arguments: { query: 'slow' } }))
  await sendWithTimeout(url, body, 'tools/call', 5).catch(() => undefined)
}

/** Opens a stream and closes it after `ms`. */
async function openStream(url: URL, ms: number): Promise<void> {
  const body = JSON.stringify(
    modernRequest('subscriptions/listen', { notifications: { resourcesListChanged: true } }),
  )
  await sendWithTimeout(url, body, 'subscriptions/listen', ms).catch(() => undefined)
}

async function sendWithTimeout(url: URL, body: string, method: string, ms: number): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(method === 'tools/call' && { 'mcp-name': 'search' }),
  }
  const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(ms) })
  await response.text()
}

/** Makes the external API fail long enough to open the circuit breaker. */
async function injectApiFault(api: FaultyApi, signal: AbortSignal): Promise<void> {
  await delay(faultEveryMs - faultLastsMs, undefined, { signal })
  api.setFault({ kind: 'error' })
  await delay(faultLastsMs, undefined, { signal })
  api.setFault(undefined)
}
