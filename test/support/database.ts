import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import pg from 'pg'
import { createDatabase, type Database } from '../../src/services/postgres.ts'
import { atEnd } from './cleanup.ts'
import { silentLogger } from './logger.ts'

const template = 'migrated_template'

/** Address of another database in the same cluster. */
function urlOf(clusterUrl: string, database: string): string {
  const url = new URL(clusterUrl)
  url.pathname = `/${database}`
  return url.href
}

async function administer(clusterUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Migrates a database with the built job, once a run; every test file gets a copy of it. */
export async function createTemplateDatabase(clusterUrl: string): Promise<void> {
  await administer(clusterUrl, `create database ${template}`)
  await promisify(execFile)(process.execPath, ['dist/migrate.js'], {
    env: {
      ...process.env,
      DATABASE_URL: urlOf(clusterUrl, template),
      REDIS_URL: 'redis://127.0.0.1:1',
      LOG_FORMAT: 'json',
    },
  })
}

/** A database of the calling test file's own, migrated, with the corpus loaded; dropped when the file is done. */
export async function createTestDatabase({ migrated = true } = {}): Promise<string> {
  const clusterUrl = process.env.TEST_POSTGRES_URL
  if (clusterUrl === undefined) throw new Error('Run tests with "npm test", which starts their Postgres.')
  const name = `test_${randomBytes(6).toString('hex')}`
  await administer(clusterUrl, `create database ${name}${migrated ? ` template ${template}` : ''}`)
  atEnd(() => administer(clusterUrl, `drop database ${name} with (force)`))
  return urlOf(clusterUrl, name)
}

/** The same as a pool, which is closed first. */
export async function openTestDatabase(): Promise<Database & { url: string }> {
  const url = await createTestDatabase()
  const database = createDatabase({ url, logger: silentLogger })
  atEnd(() => database.close())
  return { ...database, url }
}
