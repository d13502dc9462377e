import { afterFile, runInProcessScope } from './cleanup.ts'
import { createTestDatabase } from './database.ts'
import { type FaultyApi, startFaultyApi } from './faulty-api.ts'
import { startTestRedis } from './redis.ts'
import { type RunningServer, spawnServer, startServer } from './server.ts'

export interface Stack {
  readonly server: RunningServer
  readonly api: FaultyApi
  /** Environment for a further replica. */
  readonly env: Record<string, string>
}

/** Starts a migrated database, a Redis and an external API with injectable faults. */
export async function startStores(): Promise<Omit<Stack, 'server'>> {
  const api = await startFaultyApi()
  afterFile(() => api.stop())
  const [databaseUrl, redis] = await Promise.all([createTestDatabase(), startTestRedis()])
  return { api, env: { DATABASE_URL: databaseUrl, REDIS_URL: redis.url, EXTERNAL_API_URL: api.url } }
}

/** Starts a server with its own stores. */
export async function startStack(env: Record<string, string> = {}, start = startServer): Promise<Stack> {
  const stores = await startStores()
  const all = { ...stores.env, ...env }
  return { server: await start(all), api: stores.api, env: all }
}

let shared: Promise<Stack> | undefined

/** One stack, with the built server, for all test files of the process that neither configure nor break it. Log lines start at this call. */
export async function sharedStack(): Promise<Stack> {
  shared ??= runInProcessScope(() => startStack({}, spawnServer))
  const stack = await shared
  return { ...stack, server: stack.server.fromNow() }
}
