import { readFileSync } from 'node:fs'
import { runner } from 'node-pg-migrate'
import pg from 'pg'
import { createDocumentStore, type DocumentStore } from '../../src/documents/document-store.ts'
import { createDatabase, type Database } from '../../src/services/postgres.ts'
import type { Logger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

const silent = () => undefined
export const quietLogger = { debug: silent, info: silent, warn: silent, error: silent } as unknown as Logger
export const unmeasured = createMetrics([])

export interface SentStatement {
  readonly sql: string
  readonly values: readonly unknown[]
}

export interface BenchDatabase {
  readonly database: Database
  readonly documents: DocumentStore
  /** The statements sent since it was last emptied. */
  readonly sent: SentStatement[]
  /** Seconds of processor time that Postgres has spent for this database's connections. */
  cpuSeconds(): Promise<number>
  close(): Promise<void>
}

/** Opens the database for a corpus of this size, migrated; made where it is not there. */
export async function openDatabase(clusterUrl: string, count: number): Promise<BenchDatabase> {
  const name = `search_${count}`
  const admin = new pg.Client({ connectionString: clusterUrl })
  await admin.connect()
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
  if (rowCount === 0) await admin.query(`create database ${name}`)
  const url = new URL(clusterUrl)
  url.pathname = `/${name}`
  await runner({
    databaseUrl: url.href,
    dir: new URL('../../migrations', import.meta.url).pathname,
    direction: 'up',
    migrationsTable: 'schema_migrations',
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  const options = { url: url.href, logger: quietLogger, metrics: unmeasured, statementTimeoutMs: 600_000 }
  const database = createDatabase(options)
  const sent: SentStatement[] = []
  const watched: Database = {
    ...database,
    query: (sql, values = [], queryOptions) => {
      sent.push({ sql, values })
      return database.query(sql, values, queryOptions)
    },
  }
  return {
    database,
    documents: createDocumentStore({ database: watched, publicUrl: 'http://localhost' }),
    sent,
    async cpuSeconds() {
      const { rows } = await admin.query<{ pid: number }>(
        'select pid from pg_stat_activity where datname = $1',
        [name],
      )
      return rows.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0)
    },
    async close() {
      await database.close()
      await admin.end()
    },
  }
}

/** From the kernel's own accounting, in ticks of a hundredth; 0 where there is no /proc. */
function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}
