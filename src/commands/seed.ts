import type { DataConfig } from '../config/config.ts'
import { ingestFolder, ownDocuments } from '../documents/ingest-job.ts'
import { reindexDocuments } from '../documents/reindex.ts'
import { commandTimeouts, createDatabase } from '../postgres/database.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import { noopMetrics } from '../telemetry/metrics/metrics.ts'

/** Indexes documents of older releases again, and loads this server's own documentation. */
export async function seed(config: DataConfig, logger: Logger): Promise<void> {
  const database = createDatabase({
    url: config.databaseUrl,
    logger,
    metrics: noopMetrics,
    timeouts: commandTimeouts,
  })
  try {
    const documents = await reindexDocuments(database)
    if (documents > 0) logger.info('documents were indexed again', { function: 'reindex', documents })
  } finally {
    await database.close()
  }
  const { counts } = await ingestFolder({ config, logger, ...ownDocuments })
  logger.info('corpus is loaded', { function: 'ingest', ...counts })
}
