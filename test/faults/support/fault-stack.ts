import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type SampleApi, startSampleApi } from '../../../dev/sample-api.ts'
import {
  type Stoppable,
  startStoppablePostgres,
  startStoppableRedis,
} from '../../stack/drills/support/own-services.ts'
import { atEnd } from '../../support/cleanup.ts'
import { createTestDatabase } from '../../support/database.ts'
import { type RunningServer, startServer } from '../../support/server.ts'
import { administer } from '../../support/template-database.ts'
import { type Link, startLink } from './link.ts'
import { type Load, seeds, startLoad } from './load.ts'

/** A server under load, whose dependencies can be broken. */
export interface FaultStack {
  readonly server: RunningServer
  readonly env: Readonly<Record<string, string>>
  readonly load: Load
  readonly api: SampleApi
  /** Directly, not by the link. */
  readonly databaseUrl: string
  readonly postgres: Stoppable | undefined
  readonly postgresLink: Link
  readonly redis: Stoppable
  readonly redisLink: Link
}

/** @param ownPostgres one that can be stopped, which takes some seconds more to begin with */
export async function startFaultStack({
  ownPostgres = false,
  env: more = {},
}: {
  ownPostgres?: boolean
  env?: Record<string, string>
} = {}): Promise<FaultStack> {
  const [api, redis, postgres] = await Promise.all([
    startSampleApi(),
    startStoppableRedis(),
    ownPostgres ? startStoppablePostgres() : undefined,
  ])
  atEnd(() => api.stop())
  const databaseUrl = postgres?.url ?? (await createTestDatabase())
  const [postgresLink, redisLink] = await Promise.all([startLink(databaseUrl), startLink(redis.url)])
  const env = {
    DATABASE_URL: postgresLink.url,
    REDIS_URL: redisLink.url,
    EXTERNAL_API_URL: api.url,
    LOG_LEVEL: 'info',
    ...more,
  }
  if (postgres)
    await promisify(execFile)(process.execPath, ['dist/migrate.js'], { env: { ...process.env, ...env } })
  await administer(
    databaseUrl,
    `insert into documents (id, title, text, source, content_hash)
     select 'seed-' || n, 'Seed', 'A document to fetch.', 'seed', '' from generate_series(0, ${seeds - 1}) as n`,
  )
  const server = await startServer(env)
  const load = startLoad(server.mcpUrl)
  return {
    server,
    env,
    load,
    api,
    databaseUrl,
    postgres,
    postgresLink,
    redis,
    redisLink,
  }
}
