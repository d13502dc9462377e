import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@modelcontextprotocol/client'
import { activities, foundIn } from './activities.ts'
import { createChooser, type Request } from './activity.ts'
import { connect, createClient, describeFailure, type Identity, identities, resultOf } from './client.ts'
import { createRandom, type Random } from './random.ts'
import { createSpans } from './spans.ts'
import type { Outcome } from './tally.ts'

export interface UsersOptions {
  readonly url: URL
  readonly seed: number
  readonly users: number
  /** Of all users in total. */
  readonly callsPerSecond: number
  /** Minimum interval between calls that reach the external API. */
  readonly externalEveryMs: number
  /** OTLP over HTTP; undefined: requests carry no trace context. */
  readonly otlpEndpoint?: string | undefined
  readonly tally: { add(outcome: Outcome): void }
  /** Also cancels calls in flight. */
  readonly signal: AbortSignal
}

const reconnectMs = 2_000
/** These failures end a session. */
const isUnavailable = (result: string) => /^(unreachable|http (5\d\d|429))$/.test(result)

/** Runs until the signal is aborted, then rejects. */
export async function runUsers(options: UsersOptions): Promise<unknown> {
  const { url, seed, users, callsPerSecond, externalEveryMs, otlpEndpoint, tally, signal } = options
  // Each user adds a listener.
  setMaxListeners(0, signal)
  const startSpan = createSpans(otlpEndpoint, url)
  const meanThinkMs = (users / callsPerSecond) * 1_000
  const choose = createChooser(activities, externalEveryMs)
  const pause = (ms: number) => delay(ms, undefined, { signal })

  async function record({ era }: Identity, request: Promise<unknown>): Promise<string> {
    const startedAt = performance.now()
    const result = await request.then(resultOf, (error: unknown) => {
      signal.throwIfAborted()
      return describeFailure(error)
    })
    tally.add({ era, result, durationMs: performance.now() - startedAt })
    return result
  }

  async function runUser(identity: Identity, random: Random): Promise<never> {
    for (;;) {
      const client = createClient(identity)
      const isConnected = (await record(identity, connect(client, url, signal))) === 'ok'
      try {
        if (isConnected) await runSession(client, identity, random)
      } finally {
        await client.close()
      }
      await pause(isConnected ? random.waitMs(meanThinkMs * 2) : reconnectMs)
    }
  }

  async function runSession(client: Client, identity: Identity, random: Random): Promise<void> {
    let found: readonly string[] = []
    let requests: readonly Request[] = [{ method: 'tools/list' }]
    for (let left = random.whole(10, 40); left >= 0; left--) {
      await pause(random.waitMs(meanThinkMs))
      const send = async ({ method, params }: Request, _meta: Record<string, unknown>) => {
        const result = await client.request(
          { method, params: { ...params, _meta } },
          { signal, timeout: 15_000 },
        )
        found = foundIn(result) ?? found
        return result
      }
      const results = await Promise.all(
        requests.map((request) => {
          const { traceparent, end } = startSpan(request)
          const result = record(identity, send(request, traceparent ? { traceparent } : {}))
          result.then(end, () => end('aborted'))
          return result
        }),
      )
      if (results.some(isUnavailable)) return
      const { atOnce = 1, request } = choose(random)
      requests = Array.from({ length: atOnce }, () => request(random, found))
    }
  }

  /** Keeps a subscriptions/listen stream open, and reopens it when the server closes it. */
  async function runListener(identity: Identity): Promise<never> {
    for (;;) {
      const client = createClient(identity)
      try {
        await connect(client, url, signal)
        await (await client.listen({ resourcesListChanged: true, promptsListChanged: true }, { signal }))
          .closed
      } catch {
        signal.throwIfAborted()
      } finally {
        await client.close()
      }
      await pause(reconnectMs)
    }
  }

  const running = Array.from({ length: users }, (_, index) => {
    const identity = identities[index % identities.length] as Identity
    const user = runUser(identity, createRandom(seed, index))
    return identity.listens ? [user, runListener(identity)] : [user]
  }).flat()
  return Promise.all(running)
}
