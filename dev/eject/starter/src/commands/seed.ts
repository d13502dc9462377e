import type { DataConfig } from '../config/config.ts'
import type { Logger } from '../telemetry/log/logger.ts'

/** Loads initial data after each migration. */
export async function seed(_config: DataConfig, _logger: Logger): Promise<void> {}
