import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../../support/cleanup.ts'
import { type ActivityName, activities } from './traffic-activities.ts'
import { connectAll, connectModern, type TrafficClient } from './traffic-clients.ts'

export interface TrafficOptions {
  /** Activities begun each second, evenly over servers, clients and kinds. */
  readonly perSecond?: number
  /** All kinds unless told. */
  readonly only?: readonly ActivityName[]
  /** Whether each server also has a subscriptions/listen stream open. */
  readonly streams?: boolean
}

export interface Traffic {
  /** How the activities ended so far; failures of a server that is away are `failed` too. */
  readonly counts: Readonly<Record<ActivityName, { ok: number; failed: number }>>
  stop(): Promise<void>
}

/** What may be under way at the same time: a server that hangs must not pile up calls without end. */
const maxInFlight = 100

/**
 * Uses servers as clients of both eras do, until it is stopped. Nothing that a server does, not even its
 * end, stops the traffic. Servers are given by their `RunningServer.url`.
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
  const underWay = new Set<Promise<void>>()

  async function act(name: ActivityName, user: { url: string; client: TrafficClient }, turn: number) {
    const ok = await activities[name](user.client, user.url, turn).catch(() => false)
    counts[name][ok ? 'ok' : 'failed']++
  }

  async function run(): Promise<void> {
    const beganAtMs = performance.now()
    for (let turn = 0; !stopped.signal.aborted; turn++) {
      const round = Math.floor(turn / names.length)
      const name = names[turn % names.length]
      // One further each time all had their turn, so that everybody comes to do every variant of an activity.
      const user = users[(round + Math.floor(round / users.length)) % users.length]
      if (name && user && underWay.size < maxInFlight) {
        const work = act(name, user, round).finally(() => underWay.delete(work))
        underWay.add(work)
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
    // Calls that hang end with their clients.
    await Promise.race([Promise.all(underWay), delay(1_000)])
    await Promise.all(users.map(({ client }) => client.close().catch(() => undefined)))
    await Promise.all(loops)
  }
  afterFile(stop)
  return { counts, stop }
}

/** Keeps a stream open, again when it ended. */
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
