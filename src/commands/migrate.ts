import { readdirSync } from 'node:fs'
import { runner } from 'node-pg-migrate'
import { loadDataConfig } from '../config/config.ts'
import { projectPath, readEnvironment, run } from '../config/environment.ts'
import { service } from '../config/package.ts'
import { createLogger } from '../telemetry/log/logger.ts'
import { seed } from './seed.ts'

/** Copies that editors leave beside a file. The runner would execute them. */
const editorBackup = String.raw`.*~|#.*#|.*\.(bak|orig|sw[a-p])`

/** Migrates the schema and loads the initial data. Runs as a job before the server. */
await run(async () => {
  const config = loadDataConfig(readEnvironment(), process.stdout.isTTY)
  const logger = createLogger({ ...config.log, serviceName: service.name }).child({ module: 'migrate' })

  const dir = projectPath('migrations')
  const ignored = readdirSync(dir).filter((name) => new RegExp(`^(${editorBackup})$`).test(name))
  if (ignored.length > 0)
    logger.warn('ignored editor backups in migrations', { function: 'migrate', ignored })
  const applied = await runner({
    databaseUrl: config.databaseUrl,
    dir,
    ignorePattern: String.raw`(\..*|${editorBackup})`,
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
