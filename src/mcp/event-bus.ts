import { InMemoryServerEventBus, type ServerEventBus } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Broadcast } from '../redis/broadcast.ts'
import type { Cache } from '../redis/cache.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'

/** Validates events of other replicas, which may run another release. */
const Event = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['tools_list_changed', 'prompts_list_changed', 'resources_list_changed']) }),
  z.object({ kind: z.literal('resource_updated'), uri: z.string() }),
])

/**
 * Delivers change events to `subscriptions/listen` streams: synchronously in this process, by broadcast (Redis) to the
 * other replicas.
 */
export function createEventBus({
  broadcast,
  logger,
  metrics,
}: {
  broadcast: Broadcast
  logger: Logger
  metrics: Metrics
}): ServerEventBus {
  const dropped = { event: 'change', reason: 'stream' }
  metrics.initSeries('mcp_events_dropped_total', dropped)
  const local = new InMemoryServerEventBus((error) => {
    metrics.count('mcp_events_dropped_total', dropped)
    logger.warn('event delivery to a stream failed', { function: 'publish', error })
  })
  broadcast.onMessage((message) => local.publish(Event.parse(message)))
  return {
    publish(event) {
      local.publish(event)
      broadcast.send(event)
    },
    subscribe: (listener) => local.subscribe(listener),
  }
}

/** Invalidates caches and notifies subscribed clients, on all replicas, after resources were added or changed. */
export type ResourcesChanged = (uris: readonly string[]) => Promise<void>

/** Invalidates the cache before it notifies, so that clients reread fresh data. */
export function createChangeNotice({ cache, bus }: { cache: Cache; bus: ServerEventBus }): ResourcesChanged {
  return async (uris) => {
    await cache.invalidate('resources')
    bus.publish({ kind: 'resources_list_changed' })
    for (const uri of uris) bus.publish({ kind: 'resource_updated', uri })
  }
}
