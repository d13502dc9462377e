import type { Cluster, Redis } from 'ioredis'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import { measureOperations } from '../telemetry/operations.ts'
import { tracedIfSampled } from '../telemetry/trace/sampled.ts'
import { connectRedis, type RedisClient } from './connection.ts'

export type { RedisClient } from './connection.ts'

export interface RedisOptions {
  /** `redis://` or `rediss://`; `redis+sentinel://` and `redis+cluster://` in the format of `parseRedisGroup`. */
  readonly url: string
  readonly logger: Logger
  readonly metrics: Metrics
}

/**
 * A fail-fast Redis connection: without a connection, commands reject at once instead of queueing, because the cache,
 * rate limits and events all degrade gracefully.
 */
export function createRedis({ url, logger, metrics }: RedisOptions): RedisClient {
  const redis = connectRedis(url)
  reportConnectionChanges(redis, logger)
  wrapCommands(redis, metrics)
  return redis
}

/** Times and batches every command; all of them pass through `sendCommand`. */
function wrapCommands(redis: RedisClient, metrics: Metrics): void {
  const measured = measureOperations(metrics, 'redis')
  const send: Cluster['sendCommand'] = redis.sendCommand.bind(redis)
  redis.sendCommand = (...[command, ...more]: Parameters<Cluster['sendCommand']>) => {
    // Excludes ioredis's handshake, parts of which older servers reject.
    const isHandshake = redis.status === 'connect'
    collectWrites(redis)
    const sent = tracedIfSampled(() => send(command, ...more))
    if (!isHandshake) measured(command.name, () => command.promise).catch(() => undefined)
    return sent
  }
}

/**
 * Fast path: one write per event-loop turn, because each one is a system call and wakes Redis. Not for clusters, whose
 * node connections are internal to ioredis.
 */
function collectWrites(redis: RedisClient): void {
  if (redis.isCluster) return
  const { stream } = redis as Redis
  if (!stream || stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}

/** Logs connection loss and recovery, not every reconnect attempt. */
function reportConnectionChanges(redis: RedisClient, logger: Logger): void {
  let reachable: boolean | undefined
  // An unhandled 'error' event would end the process.
  redis.on('error', (error) => {
    if (reachable !== false) logger.warn('redis became unreachable', { function: 'onError', error })
    reachable = false
  })
  redis.on('ready', () => {
    if (reachable === false) logger.info('redis connection restored', { function: 'onReady' })
    reachable = true
  })
}

/** Waits for the connection. @returns false if it is not ready within the timeout */
export function waitUntilReady(redis: RedisClient, timeoutMs: number): Promise<boolean> {
  if (redis.status === 'ready') return Promise.resolve(true)
  // Not `events.once`, which an attempt that fails would reject.
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs, false)
    redis.once('ready', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

/** Closes the connection after pending replies; without a connection it stops reconnecting. */
export async function closeRedis(redis: RedisClient): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => redis.disconnect())
  else redis.disconnect()
}
