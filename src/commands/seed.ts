import type { DataConfig } from '../config/config.ts'
import { ingestFolder, ownDocuments } from '../documents/ingest-job.ts'
import type { Logger } from '../telemetry/log/logger.ts'

/** Loads what the server needs in its tables from the start: its own documentation. */
export async function seed(config: DataConfig, logger: Logger): Promise<void> {
  const counts = await ingestFolder({ config, logger, ...ownDocuments })
  logger.info('corpus is loaded', { function: 'ingest', ...counts })
}
