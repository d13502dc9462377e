import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../../support/cleanup.ts'
import { type ActivityName, activities } from './traffic-activities.ts'
import { connectAll, connectModern, type TrafficClient } from './traffic-clients.ts'

export interface TrafficOptions {
  /** Activities started per second, evenly over servers, clients and kinds. */
  readonly perSecond?: number
  /** All kinds by default. */
  readonly only?: readonly ActivityName[]
  /** Whether to keep a subscriptions/listen stream open on each server. */
  readonly streams?: boolean
}

export interface Traffic {
  /** Results so far; `failed` includes calls to an unavailable server. */
  readonly counts: Readonly<Record<ActivityName, { ok: number; failed: number }>>
  stop(): Promise<void>
}

/** Bounds the pending calls to a server that hangs. */
const maxInFlight = 100

/**
 * Sends traffic of clients of both protocol revisions until it is stopped, also while a server is down.
 * @param serverUrls `RunningServer.url` of each server
 */
export async function startTraffic(
  serverUrls: string | readonly string[],
  { perSecond = 20, only, streams = true }: TrafficOptions = {},
): Promise<Traffic> {
  const urls = typeof serverUrls === 'string' ? [serverUrls] : serverUrls
  const users = (
    await Promise.all(
      urls.map(async (url) => {
        const clients = await connectAll(new URL(`${url}/mcp`))
        return clients.map((client) => ({ url, client }))
      }),
    )
  ).flat()
  const names = only ?? (Object.keys(activities) as ActivityName[])
  const counts = Object.fromEntries(names.map((name) => [name, { ok: 0, failed: 0 }])) as Record<
    ActivityName,
    { ok: number; failed: number }
  >
  const stopped = new AbortController()
  const inFlight = new Set<Promise<void>>()

  async function act(name: ActivityName, user: { url: string; client: TrafficClient }, turn: number) {
    const ok = await activities[name](user.client, user.url, turn).catch(() => false)
    counts[name][ok ? 'ok' : 'failed']++
  }

  async function run(): Promise<void> {
    const beganAtMs = performance.now()
    for (let turn = 0; !stopped.signal.aborted; turn++) {
      const round = Math.floor(turn / names.length)
      const name = names[turn % names.length]
      // Shift by one after each full round, so that every user performs every variant of an activity.
      const user = users[(round + Math.floor(round / users.length)) % users.length]
      if (name && user && inFlight.size < maxInFlight) {
        const work = act(name, user, round).finally(() => inFlight.delete(work))
        inFlight.add(work)
      }
      const dueAtMs = beganAtMs + ((turn + 1) * 1_000) / perSecond
      await delay(Math.max(0, dueAtMs - performance.now()), undefined, { signal: stopped.signal }).catch(
        () => undefined,
      )
    }
  }

  const loops = [run(), ...(streams ? urls.map((url) => listen(new URL(`${url}/mcp`), stopped.signal)) : [])]
  async function stop(): Promise<void> {
    stopped.abort()
    // Closing the clients ends hanging calls.
    await Promise.race([Promise.all(inFlight), delay(1_000)])
    await Promise.all(users.map(({ client }) => client.close().catch(() => undefined)))
    await Promise.all(loops)
  }
  afterFile(stop)
  return { counts, stop }
}

/** Keeps a stream open and reopens it when it ends. */
async function listen(mcpUrl: URL, stopped: AbortSignal): Promise<void> {
  const stop = new Promise<void>((resolve) =>
    stopped.addEventListener('abort', () => resolve(), { once: true }),
  )
  while (!stopped.aborted) {
    const client = await connectModern(mcpUrl).catch(() => undefined)
    const subscription = await client?.listen({ resourcesListChanged: true }).catch(() => undefined)
    if (subscription) await Promise.race([subscription.closed.catch(() => undefined), stop])
    await subscription?.close().catch(() => undefined)
    await client?.close().catch(() => undefined)
    await delay(500, undefined, { signal: stopped }).catch(() => undefined)
  }
}
