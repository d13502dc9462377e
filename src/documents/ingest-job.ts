import type { DataConfig } from '../config/config.ts'
import { projectPath } from '../config/environment.ts'
import { createChangeNotice, createEventBus } from '../mcp/event-bus.ts'
import { commandTimeouts, createDatabase } from '../postgres/database.ts'
import { createBroadcast } from '../redis/broadcast.ts'
import { createCache } from '../redis/cache.ts'
import { closeRedis, createRedis, waitUntilReady } from '../redis/client.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import { noopMetrics } from '../telemetry/metrics/metrics.ts'
import { type IngestOptions, type IngestResult, ingest } from './ingest.ts'
import { ownFolder, ownSiblings } from './own-documents.ts'
import { createDocumentStore } from './store.ts'

/** The documents that the migration job loads. */
export const ownDocuments = { folder: projectPath(ownFolder), siblings: ownSiblings }

type Options = Omit<IngestOptions, 'documents'> & { readonly config: DataConfig; readonly logger: Logger }

/** Connects, ingests and disconnects. The store notifies the running servers of changed documents. */
export async function ingestFolder({ config, logger, ...options }: Options): Promise<IngestResult> {
  const database = createDatabase({
    url: config.databaseUrl,
    logger,
    metrics: noopMetrics,
    timeouts: commandTimeouts,
  })
  try {
    const onChange = () => notifyServers(config.redisUrl, logger)
    return await ingest({ documents: createDocumentStore({ database, publicUrl: '', onChange }), ...options })
  } finally {
    await database.close()
  }
}

/** Best effort: without Redis, caches serve old results until these expire. */
async function notifyServers(redisUrl: string, logger: Logger): Promise<void> {
  const redis = createRedis({ url: redisUrl, logger, metrics: noopMetrics })
  if (await waitUntilReady(redis, 2_000)) {
    const bus = createEventBus({
      broadcast: createBroadcast({ publisher: redis, channel: 'mcp:events', logger, metrics: noopMetrics }),
      logger,
      metrics: noopMetrics,
    })
    await createChangeNotice({ cache: createCache({ redis, logger }), bus })([])
  }
  await closeRedis(redis)
}
