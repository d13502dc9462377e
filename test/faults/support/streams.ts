import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../../support/cleanup.ts'
import { connectModern } from '../../support/clients.ts'

export interface Streams {
  /** How streams ended: `graceful` where the server said so. */
  readonly ends: string[]
  /** Changes that were heard of, by stream. */
  readonly heard: number[]
  stop(): Promise<void>
}

/** Clients that listen to changes, and listen again whenever a server ends their stream. */
export async function startStreams(mcpUrl: URL, count: number): Promise<Streams> {
  const ends: string[] = []
  const heard: number[] = Array.from({ length: count }, () => 0)
  let stopped = false

  async function listen(n: number): Promise<void> {
    const client = await connectModern(mcpUrl)
    client.setNotificationHandler('notifications/resources/list_changed', async () => {
      heard[n] = (heard[n] ?? 0) + 1
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
    heard.map((_, n) => listen(n).catch((error: Error) => ends.push(error.message))),
  )
  async function stop(): Promise<void> {
    stopped = true
    await listening
  }
  afterFile(stop)
  return { ends, heard, stop }
}
