import type { DataConfig } from '../config/config.ts'
import { projectPath } from '../config/environment.ts'
import { createChangeNotice, createEventBus } from '../mcp/event-bus.ts'
import { createDatabase } from '../postgres/database.ts'
import { createBroadcast } from '../redis/broadcast.ts'
import { createCache } from '../redis/cache.ts'
import { becomesReady, closeRedis, createRedis } from '../redis/client.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import { createMetrics } from '../telemetry/metrics/metrics.ts'
import { type IngestOptions, ingest } from './ingest.ts'
import { besideOwnFolder, ownFolder } from './own-documents.ts'
import { createDocumentStore, type SaveCounts } from './store.ts'

/** What the migration job loads. */
export const ownDocuments = { folder: projectPath(ownFolder), beside: besideOwnFolder }

type Options = Omit<IngestOptions, 'documents'> & { readonly config: DataConfig; readonly logger: Logger }

/** Nobody scrapes a job: what it measures goes nowhere. */
const metrics = createMetrics([])

/** A job's way to ingest: connects, loads, tells the running servers that documents changed, disconnects. */
export async function ingestFolder({ config, logger, ...options }: Options): Promise<SaveCounts> {
  // All of a load becomes visible together, so the last statement of a large one may wait long.
  const database = createDatabase({ url: config.databaseUrl, logger, metrics, statementTimeoutMs: 120_000 })
  try {
    const documents = createDocumentStore({ database, publicUrl: '' })
    const counts = await ingest({ documents, ...options })
    if (counts.inserted + counts.updated > 0) await announce(config.redisUrl, logger)
    return counts
  } finally {
    await database.close()
  }
}

/** The documents are safe already: without Redis, caches only keep their old answers until those expire. */
async function announce(redisUrl: string, logger: Logger): Promise<void> {
  const redis = createRedis({ url: redisUrl, logger, metrics })
  if (await becomesReady(redis, 2_000)) {
    const bus = createEventBus({ broadcast: createBroadcast({ publisher: redis, logger }), logger })
    await createChangeNotice({ cache: createCache({ redis, logger, metrics }), bus })([])
  }
  await closeRedis(redis)
}
