import { randomUUID } from 'node:crypto'
import type { Logger } from '../telemetry/log/logger.ts'
import type { RedisClient } from './client.ts'

/** Messages to the other replicas. A message is lost where Redis is away; none comes back to its sender. */
export interface Broadcast {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
}

export interface BroadcastOptions {
  readonly publisher: RedisClient
  /** A connection of its own, as Redis asks for; who only sends needs none. */
  readonly subscriber?: RedisClient
  readonly logger: Logger
}

const channel = 'mcp:events'

export function createBroadcast({ publisher, subscriber, logger }: BroadcastOptions): Broadcast {
  const sender = randomUUID()
  const listeners: ((message: unknown) => void)[] = []
  subscriber?.on('message', (_channel, text) => {
    // Whatever else speaks on this channel must not be able to harm us.
    try {
      const { from, message } = JSON.parse(text) as { from: string; message: unknown }
      if (from !== sender) for (const listener of listeners) listener(message)
    } catch (error) {
      logger.warn('an event of another replica could not be used', { function: 'onMessage', error })
    }
  })
  // The first subscription waits for the connection; after a reconnect ioredis subscribes again by itself.
  subscriber?.once('ready', () => {
    subscriber
      .subscribe(channel)
      .catch((error: unknown) =>
        logger.warn('events of other replicas are not received', { function: 'subscribe', error }),
      )
  })
  return {
    send(message) {
      publisher.publish(channel, JSON.stringify({ from: sender, message })).catch((error: unknown) => {
        logger.warn('an event did not reach the other replicas', { function: 'send', error })
      })
    },
    onMessage(listener) {
      listeners.push(listener)
    },
  }
}
