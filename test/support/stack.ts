import { type SampleApi, startSampleApi } from '../../dev/services/sample-api.ts'
import { atEnd } from './cleanup.ts'
import { createTestDatabase } from './database.ts'
import { startTestRedis } from './redis.ts'
import { type RunningServer, startServer } from './server.ts'

export interface Stack {
  readonly server: RunningServer
  readonly api: SampleApi
  /** What a further replica is to be started with. */
  readonly env: Record<string, string>
}

/** A built server with real stores, the corpus loaded, and an external API whose faults can be switched. */
export async function startStack(env: Record<string, string> = {}): Promise<Stack> {
  const api = await startSampleApi()
  atEnd(() => api.stop())
  const [databaseUrl, redis] = await Promise.all([createTestDatabase(), startTestRedis()])
  const all = { DATABASE_URL: databaseUrl, REDIS_URL: redis.url, EXTERNAL_API_URL: api.url, ...env }
  return { server: await startServer(all), api, env: all }
}
