import { Redis } from 'ioredis'
import { createChangeNotice, createEventBus } from '../../src/mcp/event-bus.ts'
import { createBroadcast } from '../../src/redis/broadcast.ts'
import { createCache } from '../../src/redis/cache.ts'
import { closeRedis, createRedis, waitUntilReady } from '../../src/redis/client.ts'
import { silentLogger as logger } from './logger.ts'
import { noopMetrics as metrics } from './telemetry-fixtures.ts'
import { until } from './until.ts'

/** Publishes a change event as another process would: invalidates the cache and notifies the running servers. */
export async function publishChange(redisUrl: string, uris: readonly string[] = []): Promise<void> {
  const redis = createRedis({ url: redisUrl, logger, metrics })
  await waitUntilReady(redis, 5_000)
  const bus = createEventBus({
    broadcast: createBroadcast({ publisher: redis, channel: 'mcp:events', logger, metrics }),
    logger,
    metrics,
  })
  await createChangeNotice({ cache: createCache({ redis, logger }), bus })(uris)
  await closeRedis(redis)
}

/**
 * Waits until a stream receives events of other processes. A replica subscribes to them after it listens.
 * @param uri one that the stream subscribes to
 * @param received URIs that the stream has received
 */
export async function untilDelivered(
  redisUrl: string,
  uri: string,
  received: readonly string[],
): Promise<void> {
  const redis = new Redis(redisUrl)
  const event = JSON.stringify({ from: 'a test', message: { kind: 'resource_updated', uri } })
  try {
    await until(async () => {
      await redis.publish('mcp:events', event)
      return received.includes(uri)
    })
  } finally {
    redis.disconnect()
  }
}
