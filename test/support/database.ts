import { randomBytes } from 'node:crypto'
import { createDatabase, type Database } from '../../src/postgres/database.ts'
import { afterFile } from './cleanup.ts'
import { silentLogger } from './logger.ts'
import { noopMetrics } from './telemetry-fixtures.ts'
import { executeSql, templateDatabase, urlOfDatabase } from './template-database.ts'

/** A database of the calling test file's own, migrated as before a start; dropped when the file is done. */
export async function createTestDatabase({ migrated = true } = {}): Promise<string> {
  const clusterUrl = process.env.TEST_POSTGRES_URL
  if (clusterUrl === undefined) throw new Error('Run tests with "npm test", which starts their Postgres.')
  const name = `test_${randomBytes(6).toString('hex')}`
  await executeSql(clusterUrl, `create database ${name}${migrated ? ` template ${templateDatabase}` : ''}`)
  afterFile(() => executeSql(clusterUrl, `drop database ${name} with (force)`))
  return urlOfDatabase(clusterUrl, name)
}

/** The same as a pool, which is closed first. */
export async function openTestDatabase(): Promise<Database & { url: string }> {
  const url = await createTestDatabase()
  const database = createDatabase({ url, logger: silentLogger, metrics: noopMetrics })
  afterFile(() => database.close())
  return { ...database, url }
}
