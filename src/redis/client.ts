import { once } from 'node:events'
import type { Cluster, Redis } from 'ioredis'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import { measureOperations } from '../telemetry/operations.ts'
import { tracedIfSampled } from '../telemetry/trace/sampled.ts'
import { connectRedis, type RedisClient } from './connection.ts'

export type { RedisClient } from './connection.ts'

export interface RedisOptions {
  /** `redis://` or `rediss://`; `redis+sentinel://` and `redis+cluster://` as `parseRedisGroup` reads them. */
  readonly url: string
  readonly logger: Logger
  readonly metrics: Metrics
}

/**
 * A Redis connection that fails fast: while Redis is away every command rejects at once instead of
 * queueing, because whoever uses it here (cache, events) can do without.
 */
export function createRedis({ url, logger, metrics }: RedisOptions): RedisClient {
  const redis = connectRedis(url)
  reportConnectionChanges(redis, logger)
  wrapCommands(redis, metrics)
  return redis
}

/** Every command passes `sendCommand`: here all are timed and sent together, whoever sends them. */
function wrapCommands(redis: RedisClient, metrics: Metrics): void {
  const measured = measureOperations(metrics, 'redis')
  const send: Cluster['sendCommand'] = redis.sendCommand.bind(redis)
  redis.sendCommand = (...[command, ...more]: Parameters<Cluster['sendCommand']>) => {
    // The library's own greeting, which older servers refuse in parts, is no operation of ours.
    const greeting = redis.status === 'connect'
    collectWrites(redis)
    const sent = tracedIfSampled(() => send(command, ...more))
    if (!greeting) measured(command.name, () => command.promise).catch(() => undefined)
    return sent
  }
}

/**
 * What is sent in one turn of the event loop leaves by one write at its end, because each write is a call of the
 * system and wakes Redis. The connections of a cluster's nodes are its own.
 */
function collectWrites(redis: RedisClient): void {
  if (redis.isCluster) return
  const { stream } = redis as Redis
  if (!stream || stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}

/** Logs when the connection is lost and when it is back, not every failed attempt in between. */
function reportConnectionChanges(redis: RedisClient, logger: Logger): void {
  let reachable: boolean | undefined
  // Without a listener for errors they would end the process.
  redis.on('error', (error) => {
    if (reachable !== false) logger.warn('redis cannot be reached', { function: 'onError', error })
    reachable = false
  })
  redis.on('ready', () => {
    if (reachable === false) logger.info('redis is reachable again', { function: 'onReady' })
    reachable = true
  })
}

/** Resolves to whether the connection was ready in time. For jobs, which have something to send at once. */
export async function becomesReady(redis: RedisClient, timeoutMs: number): Promise<boolean> {
  if (redis.status === 'ready') return true
  return once(redis, 'ready', { signal: AbortSignal.timeout(timeoutMs) }).then(
    () => true,
    () => false,
  )
}

/** Ends the connection after what was sent has been answered; one that is not there is just given up. */
export async function closeRedis(redis: RedisClient): Promise<void> {
  if (redis.status === 'ready') await redis.quit()
  else redis.disconnect()
}
