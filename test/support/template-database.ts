import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import pg from 'pg'
import type { PostgresService } from '../../dev/services/embedded-postgres.ts'

export const templateDatabase = 'migrated_template'

/** URL of another database in the same cluster. */
export function urlOfDatabase(clusterUrl: string, database: string): string {
  const url = new URL(clusterUrl)
  url.pathname = `/${database}`
  return url.href
}

export async function executeSql(clusterUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Migrates one database with the built job, once per test run; each test file copies it. */
export async function createTemplateDatabase({ url: clusterUrl, adminUrl }: PostgresService): Promise<void> {
  await executeSql(adminUrl, `create database ${templateDatabase} owner app`)
  await promisify(execFile)(process.execPath, ['dist/commands/migrate.js'], {
    env: {
      ...process.env,
      DATABASE_URL: urlOfDatabase(clusterUrl, templateDatabase),
      REDIS_URL: 'redis://127.0.0.1:1',
      LOG_FORMAT: 'json',
    },
  })
}
