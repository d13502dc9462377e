import { InMemoryServerEventBus, type ServerEventBus } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Services } from '../domain.ts'
import type { Broadcast } from '../redis/broadcast.ts'
import type { Cache } from '../redis/cache.ts'
import type { Logger } from '../telemetry/log/logger.ts'

/** What may come from another replica, perhaps of another release. */
const Event = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['tools_list_changed', 'prompts_list_changed', 'resources_list_changed']) }),
  z.object({ kind: z.literal('resource_updated'), uri: z.string() }),
])

/**
 * Carries change events to the `subscriptions/listen` streams of all replicas. Those of this process get
 * an event at once and even without Redis; the others by broadcast.
 */
export function createEventBus({
  broadcast,
  logger,
}: {
  broadcast: Broadcast
  logger: Logger
}): ServerEventBus {
  const local = new InMemoryServerEventBus((error) =>
    logger.warn('an event could not be delivered to a stream', { function: 'publish', error }),
  )
  broadcast.onMessage((message) => local.publish(Event.parse(message)))
  return {
    publish(event) {
      local.publish(event)
      broadcast.send(event)
    },
    subscribe: (listener) => local.subscribe(listener),
  }
}

/** What `Services.resourcesChanged` does: drops the cached answers first, then tells who listens. */
export function createChangeNotice({
  cache,
  bus,
}: {
  cache: Cache
  bus: ServerEventBus
}): Services['resourcesChanged'] {
  return async (uris) => {
    await cache.invalidate('resources')
    bus.publish({ kind: 'resources_list_changed' })
    for (const uri of uris) bus.publish({ kind: 'resource_updated', uri })
  }
}
