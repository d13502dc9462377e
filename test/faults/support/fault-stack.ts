import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  type Stoppable,
  startStoppablePostgres,
  startStoppableRedis,
} from '../../stack/drills/support/own-services.ts'
import { afterFile } from '../../support/cleanup.ts'
import { createTestDatabase } from '../../support/database.ts'
import { type FaultyApi, startFaultyApi } from '../../support/faulty-api.ts'
import { type ServerProcess, spawnServer } from '../../support/server.ts'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { executeSql } from '../../support/template-database.ts'
import { type Load, seedDocuments, startLoad } from './load.ts'

/** The dependencies of a server, with fault injection. */
export interface Dependencies {
  /** Settings of a server that uses them. */
  readonly env: Readonly<Record<string, string>>
  readonly api: FaultyApi
  /** Bypasses the proxy. */
  readonly databaseUrl: string
  readonly postgres: Stoppable | undefined
  readonly postgresProxy: TcpProxy
  readonly redis: Stoppable
  readonly redisProxy: TcpProxy
}

export interface FaultStack extends Dependencies {
  readonly server: ServerProcess
  readonly load: Load
}

interface DependencyOptions {
  /** Start a Postgres that can be stopped, which takes some seconds. */
  readonly ownPostgres?: boolean
  /** An empty database to use instead. */
  readonly emptyDatabaseUrl?: string
}

export async function createDependencies({
  ownPostgres = false,
  emptyDatabaseUrl,
}: DependencyOptions = {}): Promise<Dependencies> {
  const [api, redis, postgres] = await Promise.all([
    startFaultyApi(),
    startStoppableRedis(),
    ownPostgres ? startStoppablePostgres() : undefined,
  ])
  afterFile(() => api.stop())
  const emptyUrl = emptyDatabaseUrl ?? postgres?.url
  const databaseUrl = emptyUrl ?? (await createTestDatabase())
  const [postgresProxy, redisProxy] = await Promise.all([
    startTcpProxy(databaseUrl),
    startTcpProxy(redis.url),
  ])
  const env = {
    DATABASE_URL: postgresProxy.url,
    REDIS_URL: redisProxy.url,
    EXTERNAL_API_URL: api.url,
    // The load represents many callers.
    MAX_CONCURRENT_CALLS_PER_CALLER: '256',
    LOG_LEVEL: 'info',
  }
  if (emptyUrl)
    await promisify(execFile)(process.execPath, ['dist/commands/migrate.js'], {
      env: { ...process.env, ...env },
    })
  await executeSql(
    databaseUrl,
    `insert into documents (id, title, text, source, content_hash)
     select 'seed-' || n, 'Seed', 'A document to fetch.', 'seed', '' from generate_series(0, ${seedDocuments - 1}) as n`,
  )
  return { env, api, databaseUrl, postgres, postgresProxy, redis, redisProxy }
}

/** A server under load with its dependencies. */
export async function startFaultStack({
  env = {},
  ...options
}: DependencyOptions & { env?: Record<string, string> } = {}): Promise<FaultStack> {
  const dependencies = await createDependencies(options)
  const server = await spawnServer({ ...dependencies.env, ...env })
  return { ...dependencies, server, load: startLoad(server.mcpUrl) }
}
