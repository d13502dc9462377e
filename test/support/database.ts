import { randomBytes } from 'node:crypto'
import { createDatabase, type Database } from '../../src/postgres/database.ts'
import { afterFile } from './cleanup.ts'
import { silentLogger } from './logger.ts'
import { noopMetrics } from './telemetry-fixtures.ts'
import { executeSql, templateDatabase, urlOfDatabase } from './template-database.ts'

/** Creates a migrated database and drops it after the test file. */
export async function createTestDatabase({ migrated = true } = {}): Promise<string> {
  const { TEST_POSTGRES_URL: clusterUrl, TEST_POSTGRES_ADMIN_URL: adminUrl } = process.env
  if (clusterUrl === undefined || adminUrl === undefined)
    throw new Error('Run tests with "npm test", which starts their Postgres.')
  const name = `test_${randomBytes(6).toString('hex')}`
  // The default strategy writes every page to the WAL, which takes twice the CPU time.
  const template = migrated ? ` template ${templateDatabase} strategy file_copy` : ''
  await executeSql(adminUrl, `create database ${name} owner app${template}`)
  afterFile(() => executeSql(adminUrl, `drop database ${name} with (force)`))
  return urlOfDatabase(clusterUrl, name)
}

/** Creates a test database and a connection pool to it. */
export async function openTestDatabase(): Promise<Database & { url: string }> {
  const url = await createTestDatabase()
  const database = createDatabase({ url, logger: silentLogger, metrics: noopMetrics })
  afterFile(() => database.close())
  return { ...database, url }
}
