import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type SampleApi, startSampleApi } from '../../../dev/services/sample-api.ts'
import {
  type Stoppable,
  startStoppablePostgres,
  startStoppableRedis,
} from '../../stack/drills/support/own-services.ts'
import { afterFile } from '../../support/cleanup.ts'
import { createTestDatabase } from '../../support/database.ts'
import { type RunningServer, startServer } from '../../support/server.ts'
import { executeSql } from '../../support/template-database.ts'
import { type Load, seedDocuments, startLoad } from './load.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** The dependencies of a server, with fault injection. */
export interface Dependencies {
  /** Settings of a server that uses them. */
  readonly env: Readonly<Record<string, string>>
  readonly api: SampleApi
  /** Bypasses the proxy. */
  readonly databaseUrl: string
  readonly postgres: Stoppable | undefined
  readonly postgresProxy: TcpProxy
  readonly redis: Stoppable
  readonly redisProxy: TcpProxy
}

export interface FaultStack extends Dependencies {
  readonly server: RunningServer
  readonly load: Load
}

/** @param ownPostgres start a Postgres that can be stopped, which takes some seconds */
export async function createDependencies({ ownPostgres = false } = {}): Promise<Dependencies> {
  const [api, redis, postgres] = await Promise.all([
    startSampleApi(),
    startStoppableRedis(),
    ownPostgres ? startStoppablePostgres() : undefined,
  ])
  afterFile(() => api.stop())
  const databaseUrl = postgres?.url ?? (await createTestDatabase())
  const [postgresProxy, redisProxy] = await Promise.all([
    startTcpProxy(databaseUrl),
    startTcpProxy(redis.url),
  ])
  const env = {
    DATABASE_URL: postgresProxy.url,
    REDIS_URL: redisProxy.url,
    EXTERNAL_API_URL: api.url,
    LOG_LEVEL: 'info',
  }
  if (postgres)
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
  ownPostgres = false,
  env = {},
}: {
  ownPostgres?: boolean
  env?: Record<string, string>
} = {}): Promise<FaultStack> {
  const dependencies = await createDependencies({ ownPostgres })
  const server = await startServer({ ...dependencies.env, ...env })
  return { ...dependencies, server, load: startLoad(server.mcpUrl) }
}
