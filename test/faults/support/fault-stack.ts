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
import { type Link, startLink } from './link.ts'
import { type Load, seeds, startLoad } from './load.ts'

/** What a server needs, in a way that it can be broken. */
export interface Dependencies {
  /** For a server that uses them. */
  readonly env: Readonly<Record<string, string>>
  readonly api: SampleApi
  /** Directly, not by the link. */
  readonly databaseUrl: string
  readonly postgres: Stoppable | undefined
  readonly postgresLink: Link
  readonly redis: Stoppable
  readonly redisLink: Link
}

export interface FaultStack extends Dependencies {
  readonly server: RunningServer
  readonly load: Load
}

/** @param ownPostgres one that can be stopped, which takes some seconds more to begin with */
export async function createDependencies({ ownPostgres = false } = {}): Promise<Dependencies> {
  const [api, redis, postgres] = await Promise.all([
    startSampleApi(),
    startStoppableRedis(),
    ownPostgres ? startStoppablePostgres() : undefined,
  ])
  afterFile(() => api.stop())
  const databaseUrl = postgres?.url ?? (await createTestDatabase())
  const [postgresLink, redisLink] = await Promise.all([startLink(databaseUrl), startLink(redis.url)])
  const env = {
    DATABASE_URL: postgresLink.url,
    REDIS_URL: redisLink.url,
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
     select 'seed-' || n, 'Seed', 'A document to fetch.', 'seed', '' from generate_series(0, ${seeds - 1}) as n`,
  )
  return { env, api, databaseUrl, postgres, postgresLink, redis, redisLink }
}

/** A server under load with all that it needs. */
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
