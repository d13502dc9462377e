import type { DataConfig } from '../config/config.ts'
import type { Logger } from '../telemetry/log/logger.ts'

/** Loads what the server needs in its tables from the start: nothing yet. Runs after each migration. */
export async function seed(_config: DataConfig, _logger: Logger): Promise<void> {}
