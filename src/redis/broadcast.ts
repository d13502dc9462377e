import { randomUUID } from 'node:crypto'
import type { Logger } from '../telemetry/log/logger.ts'
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
  readonly channel: 'mcp:events' | 'mcp:cancellations'
  readonly logger: Logger
}

export function createBroadcast({ publisher, subscriber, channel, logger }: BroadcastOptions): Broadcast {
  const sender = randomUUID()
  const listeners: ((message: unknown) => void)[] = []
  subscriber?.on('message', (receivedOn, text) => {
    if (receivedOn !== channel) return
    // Any Redis client can publish on this channel.
    try {
      const { from, message } = JSON.parse(text) as { from: string; message: unknown }
      if (from !== sender) for (const listener of listeners) listener(message)
    } catch (error) {
      logger.warn('dropped an invalid broadcast message', { function: 'onMessage', error })
    }
  })
  // Only the first subscription: ioredis resubscribes after a reconnect.
  subscriber?.once('ready', () => {
    subscriber.subscribe(channel).catch((error: unknown) =>
      logger.warn('broadcast subscription failed; events of other replicas are not received', {
        function: 'subscribe',
        error,
      }),
    )
  })
  return {
    send(message) {
      publisher.publish(channel, JSON.stringify({ from: sender, message })).catch((error: unknown) => {
        logger.warn('broadcast failed; other replicas missed an event', { function: 'send', error })
      })
    },
    onMessage(listener) {
      listeners.push(listener)
    },
  }
}
