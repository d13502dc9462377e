import { runner } from 'node-pg-migrate'
import { loadDataConfig } from '../config/config.ts'
import { projectPath, readEnvironment, run } from '../config/environment.ts'
import { service } from '../config/package.ts'
import { createLogger } from '../telemetry/log/logger.ts'
import { seed } from './seed.ts'

/** Migrates the schema and loads the initial data. Runs as a job before the server. */
await run(async () => {
  const config = loadDataConfig(readEnvironment(), process.stdout.isTTY)
  const logger = createLogger({ ...config.log, serviceName: service.name }).child({ module: 'migrate' })

  const applied = await runner({
    databaseUrl: config.databaseUrl,
    dir: projectPath('migrations'),
    direction: 'up',
    migrationsTable: 'schema_migrations',
    // Concurrent jobs wait for each other; the second finds nothing to do.
    advisoryLockMode: 'wait',
    logger: {
      debug: () => {},
      info: () => {},
      warn: (message) => logger.warn(message, { function: 'migrate' }),
      error: (message) => logger.error(message, { function: 'migrate' }),
    },
  })
  logger.info('schema is up to date', { function: 'migrate', applied: applied.map(({ name }) => name) })

  await seed(config, logger)
})
