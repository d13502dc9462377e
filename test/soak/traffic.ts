import { setTimeout as delay } from 'node:timers/promises'
import { createRandom, type Random } from '../../dev/demo/random.ts'
import { createTally } from '../../dev/demo/tally.ts'
import { runUsers } from '../../dev/demo/user.ts'
import type { SampleApi } from '../../dev/services/sample-api.ts'
import { modernRequest, post, postLegacy, postModern } from '../support/raw.ts'

const users = 10
const callsPerSecond = 40
const faultEveryMs = 60_000
const faultLastsMs = 5_000

export interface SoakTraffic {
  readonly tally: ReturnType<typeof createTally>
  /** Resolves when everybody has left; rejects if somebody gave up before. */
  stop(): Promise<void>
}

/** Everything that clients do, right and wrong, until it is stopped. */
export function startTraffic({
  server,
  mcpUrl,
  api,
}: {
  server: string
  mcpUrl: URL
  api: SampleApi
}): SoakTraffic {
  const stopping = new AbortController()
  const { signal } = stopping
  const tally = createTally()
  const people = runUsers({
    url: mcpUrl,
    seed: 1,
    users,
    callsPerSecond,
    externalEveryMs: 500,
    tally,
    signal,
  })

  /** Does one of these over and over. */
  async function keep(
    stream: number,
    meanWaitMs: number,
    act: (random: Random) => Promise<unknown>,
  ): Promise<void> {
    const random = createRandom(2, stream)
    for (;;) {
      await act(random)
      await delay(random.waitMs(meanWaitMs), undefined, { signal })
    }
  }
  const others = [
    keep(0, 100, (random) => random.pick(mistakes)(mcpUrl)),
    keep(1, 100, (random) => random.pick(rawCalls)(mcpUrl)),
    keep(2, 200, () => leaveEarly(mcpUrl)),
    keep(3, 300, (random) => fetch(`${server}${random.pick(pages)}`).then((page) => page.arrayBuffer())),
    ...[4, 5, 6].map((stream) => keep(stream, 300, (random) => listenFor(mcpUrl, random.whole(50, 3_000)))),
    keep(7, 1, () => breakApi(api, signal)),
  ]
  const all = [people, ...others]
  // None ends by itself: the first one that does has met what nobody expects.
  let problem: unknown
  for (const one of all) one.catch((error) => (problem ??= signal.aborted ? undefined : error))
  return {
    tally,
    async stop() {
      stopping.abort()
      await Promise.allSettled(all)
      if (problem !== undefined) throw problem
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

const mistakes: readonly Send[] = [
  (url) => post(url, '{"jsonrpc":'),
  (url) => post(url, modernRequest('tools/list'), { 'mcp-method': 'prompts/list' }),
  (url) => postModern(url, 'tools/call', { name: 'no_such_tool', arguments: {} }),
  (url) => postLegacy(url, 'tools/call', { name: 'search', arguments: { query: 7 } }),
  (url) => postModern(url, 'no/such/method'),
  (url) => postModern(url, 'tools/list', {}, { origin: 'https://evil.example' }),
  (url) => post(url, 'x'.repeat(5_000_000)),
]

const pages = ['/documents/guides.quick-start', '/documents/nope', '/health', '/readyz', '/nope']

/** A call whose sender does not wait for the answer. */
async function leaveEarly(url: URL): Promise<void> {
  const body = JSON.stringify(modernRequest('tools/call', { name: 'search', arguments: { query: 'slow' } }))
  await sendUntil(url, body, 'tools/call', 5).catch(() => undefined)
}

/** Opens a stream, and closes it some time later. */
async function listenFor(url: URL, ms: number): Promise<void> {
  const body = JSON.stringify(
    modernRequest('subscriptions/listen', { notifications: { resourcesListChanged: true } }),
  )
  await sendUntil(url, body, 'subscriptions/listen', ms).catch(() => undefined)
}

async function sendUntil(url: URL, body: string, method: string, ms: number): Promise<void> {
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

/** Lets the external API fail for a while, long enough to open the breaker. */
async function breakApi(api: SampleApi, signal: AbortSignal): Promise<void> {
  await delay(faultEveryMs - faultLastsMs, undefined, { signal })
  api.setFault({ kind: 'error' })
  await delay(faultLastsMs, undefined, { signal })
  api.setFault(undefined)
}
