import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { runner } from 'node-pg-migrate'
import pg from 'pg'
import { createDocumentStore, type DocumentStore } from '../../src/documents/store.ts'
import { commandTimeouts, createDatabase, type Database } from '../../src/postgres/database.ts'
import type { Logger } from '../../src/telemetry/log/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics/metrics.ts'

const silent = () => undefined
export const silentLogger = { debug: silent, info: silent, warn: silent, error: silent } as unknown as Logger
export const noMetrics = createMetrics([])

export interface SentStatement {
  readonly sql: string
  readonly values: readonly unknown[]
}

export interface BenchDatabase {
  readonly database: Database
  readonly documents: DocumentStore
  /** Recorded statements; callers clear the list. */
  readonly sent: SentStatement[]
  /** CPU time of Postgres so far. */
  cpuSeconds(): number
  close(): Promise<void>
}

/** Opens a migrated database, and creates it if missing. */
export async function openDatabase(
  { url: clusterUrl, pid: postmaster }: { url: string; pid: number },
  name: string,
): Promise<BenchDatabase> {
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
  const timeouts = { ...commandTimeouts, statementMs: 600_000 }
  const database = createDatabase({ url: url.href, logger: silentLogger, metrics: noMetrics, timeouts })
  const sent: SentStatement[] = []
  const recording: Database = {
    ...database,
    query: (sql, values = [], queryOptions) => {
      sent.push({ sql, values })
      return database.query(sql, values, queryOptions)
    },
  }
  return {
    database,
    documents: createDocumentStore({ database: recording, publicUrl: 'http://localhost' }),
    sent,
    cpuSeconds: () => cpuSecondsOf(postmaster),
    async close() {
      await database.close()
      await admin.end()
    },
  }
}

/** CPU time of the postmaster and its current and exited children, from /proc; 0 without it. */
function cpuSecondsOf(postmaster: number): number {
  if (!existsSync('/proc/self/stat')) return 0
  let ticks = 0
  for (const name of readdirSync('/proc')) {
    const fields = statOf(name)
    const [parent, ...times] = [1, 11, 12, 13, 14].map((field) => Number(fields[field]))
    if (name === String(postmaster)) ticks += times.reduce((sum, time) => sum + time, 0)
    else if (parent === postmaster) ticks += (times[0] ?? 0) + (times[1] ?? 0)
  }
  return ticks / 100
}

/** Fields after the command name; empty if the process does not exist. */
function statOf(name: string): string[] {
  if (!/^\d+$/.test(name)) return []
  try {
    return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  } catch {
    return []
  }
}
