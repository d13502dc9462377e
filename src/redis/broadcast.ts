import { randomUUID } from 'node:crypto'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import type { RedisClient } from './client.ts'

/** Messages to the other replicas on one channel; lost while Redis is down, never delivered to their sender. */
export interface Broadcast {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
}

export interface BroadcastOptions {
  readonly publisher: RedisClient
  /** A dedicated connection, as Redis requires for subscriptions; omit it to only send. */
  readonly subscriber?: RedisClient
  readonly channel: keyof typeof eventOf
  readonly logger: Logger
  readonly metrics: Metrics
  /** Pause after a rejected subscription. */
  readonly retryMs?: number
}

/** Kind of the events on each channel: it becomes a label value. */
const eventOf = { 'mcp:events': 'change', 'mcp:cancellations': 'cancellation' } as const
const dropReasons = ['publish', 'invalid'] as const

export function createBroadcast({
  publisher,
  subscriber,
  channel,
  logger,
  metrics,
  retryMs = 10_000,
}: BroadcastOptions): Broadcast {
  const event = eventOf[channel]
  for (const reason of dropReasons) metrics.initSeries('mcp_events_dropped_total', { event, reason })
  const countDropped = (reason: (typeof dropReasons)[number]) =>
    metrics.count('mcp_events_dropped_total', { event, reason })
  const sender = randomUUID()
  const listeners: ((message: unknown) => void)[] = []
  subscriber?.on('message', (receivedOn, text) => {
    if (receivedOn !== channel) return
    // Any Redis client can publish on this channel.
    try {
      const { from, message } = JSON.parse(text) as { from: string; message: unknown }
      if (from !== sender) for (const listener of listeners) listener(message)
    } catch (error) {
      countDropped('invalid')
      logger.warn('dropped an invalid broadcast message', { function: 'onMessage', error })
    }
  })
  let isSubscribed = true
  let retry: NodeJS.Timeout | undefined
  async function subscribe(to: RedisClient): Promise<void> {
    clearTimeout(retry)
    try {
      await to.subscribe(channel)
      isSubscribed = true
    } catch (error) {
      if (isSubscribed)
        logger.warn('broadcast subscription failed; events of other replicas are not received', {
          function: 'subscribe',
          error,
        })
      isSubscribed = false
      // Permissions may be granted later. After a lost connection, the next one subscribes.
      if (to.status === 'ready') retry = setTimeout(subscribe, retryMs, to).unref()
    }
  }
  // After each connect: ioredis resubscribes only to channels whose subscription was confirmed.
  subscriber?.on('ready', () => subscribe(subscriber))
  return {
    send(message) {
      publisher.publish(channel, JSON.stringify({ from: sender, message })).catch((error: unknown) => {
        countDropped('publish')
        logger.warn('broadcast failed; other replicas missed an event', { function: 'send', error })
      })
    },
    onMessage(listener) {
      listeners.push(listener)
    },
  }
}
