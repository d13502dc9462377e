import { type SampleApi, startSampleApi } from '../../dev/services/sample-api.ts'
import { afterFile, runInProcessScope } from './cleanup.ts'
import { createTestDatabase } from './database.ts'
import { startTestRedis } from './redis.ts'
import { type RunningServer, startServer } from './server.ts'

export interface Stack {
  readonly server: RunningServer
  readonly api: SampleApi
  /** What a further replica is to be started with. */
  readonly env: Record<string, string>
}

/** Real stores with the schema, and an external API whose faults can be switched. */
export async function startStores(): Promise<Omit<Stack, 'server'>> {
  const api = await startSampleApi()
  afterFile(() => api.stop())
  const [databaseUrl, redis] = await Promise.all([createTestDatabase(), startTestRedis()])
  return { api, env: { DATABASE_URL: databaseUrl, REDIS_URL: redis.url, EXTERNAL_API_URL: api.url } }
}

/** A built server with stores of its own, and the corpus loaded. */
export async function startStack(env: Record<string, string> = {}): Promise<Stack> {
  const stores = await startStores()
  const all = { ...stores.env, ...env }
  return { server: await startServer(all), api: stores.api, env: all }
}

let shared: Promise<Stack> | undefined

/** One stack for all test files of the process that neither configure nor break it. Its log lines begin with this call. */
export async function sharedStack(): Promise<Stack> {
  shared ??= runInProcessScope(() => startStack())
  const stack = await shared
  return { ...stack, server: stack.server.fromNow() }
}
