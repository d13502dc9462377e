import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@modelcontextprotocol/client'
import { activities, foundIn } from './activities.ts'
import { createChooser, type Request } from './activity.ts'
import { connect, createClient, describeFailure, type Identity, identities, resultOf } from './client.ts'
import { waitMs, whole } from './random.ts'
import { createSpans } from './spans.ts'

export interface UsersOptions {
  readonly url: URL
  readonly users: number
  /** Of all users in total. */
  readonly callsPerSecond: number
  /** Minimum interval between calls that reach the external API. */
  readonly externalEveryMs: number
  /** OTLP over HTTP; undefined: requests carry no trace context. */
  readonly otlpEndpoint?: string | undefined
  /** Called with `ok`, a code of the server's error table, `rpc -32602`, `http 429` and the like. */
  onResult(result: string): void
  /** Also cancels calls in flight. */
  readonly signal: AbortSignal
}

const reconnectMs = 2_000
/** These failures end a session. */
const isUnavailable = (result: string) => /^(unreachable|http (5\d\d|429))$/.test(result)

/** Runs until the signal is aborted, then rejects. */
export async function runUsers(options: UsersOptions): Promise<unknown> {
  const { url, users, callsPerSecond, externalEveryMs, otlpEndpoint, onResult, signal } = options
  // Each user adds a listener.
  setMaxListeners(0, signal)
  const startSpan = createSpans(otlpEndpoint, url)
  const meanThinkMs = (users / callsPerSecond) * 1_000
  const choose = createChooser(activities, externalEveryMs)
  const pause = (ms: number) => delay(ms, undefined, { signal })

  async function record(request: Promise<unknown>): Promise<string> {
    const result = await request.then(resultOf, (error: unknown) => {
      signal.throwIfAborted()
      return describeFailure(error)
    })
    onResult(result)
    return result
  }

  async function runUser(identity: Identity): Promise<never> {
    for (;;) {
      const client = createClient(identity)
      const isConnected = (await record(connect(client, url, signal))) === 'ok'
      try {
        if (isConnected) await runSession(client)
      } finally {
        await client.close()
      }
      await pause(isConnected ? waitMs(meanThinkMs * 2) : reconnectMs)
    }
  }

  async function runSession(client: Client): Promise<void> {
    let found: readonly string[] = []
    let requests: readonly Request[] = [{ method: 'tools/list' }]
    for (let left = whole(10, 40); left >= 0; left--) {
      await pause(waitMs(meanThinkMs))
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
          const result = record(send(request, traceparent ? { traceparent } : {}))
          result.then(end, () => end('aborted'))
          return result
        }),
      )
      if (results.some(isUnavailable)) return
      const { atOnce = 1, request } = choose()
      requests = Array.from({ length: atOnce }, () => request(found))
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
    return identity.listens ? [runUser(identity), runListener(identity)] : [runUser(identity)]
  }).flat()
  return Promise.all(running)
}
