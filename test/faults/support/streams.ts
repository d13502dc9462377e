import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../../support/cleanup.ts'
import { connectModern } from '../../support/clients.ts'

export interface Streams {
  /** How streams ended: `graceful` if the server closed them. */
  readonly ends: string[]
  /** Received notifications by stream. */
  readonly changeCounts: number[]
  stop(): Promise<void>
}

/** Clients that subscribe to changes, and again whenever a server closes their stream. */
export async function startStreams(mcpUrl: URL, count: number): Promise<Streams> {
  const ends: string[] = []
  const changeCounts: number[] = Array.from({ length: count }, () => 0)
  let stopped = false

  async function listen(n: number): Promise<void> {
    const client = await connectModern(mcpUrl)
    client.setNotificationHandler('notifications/resources/list_changed', async () => {
      changeCounts[n] = (changeCounts[n] ?? 0) + 1
    })
    while (!stopped) {
      const subscription = await client.listen({ resourcesListChanged: true })
      const end = await Promise.race([subscription.closed, untilStopped()])
      if (end === 'stopped') await subscription.close()
      else ends.push(end)
    }
    await client.close()
  }

  async function untilStopped(): Promise<'stopped'> {
    while (!stopped) await delay(100)
    return 'stopped'
  }

  const listening = Promise.all(
    changeCounts.map((_, n) => listen(n).catch((error: Error) => ends.push(error.message))),
  )
  async function stop(): Promise<void> {
    stopped = true
    await listening
  }
  afterFile(stop)
  return { ends, changeCounts, stop }
}
