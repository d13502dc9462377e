import { runInProcessScope } from './cleanup.ts'
import { createTestDatabase } from './database.ts'
import { startTestRedis } from './redis.ts'
import { type RunningServer, startServer } from './server.ts'

export interface Stack {
  readonly server: RunningServer
  /** Environment for a further replica. */
  readonly env: Record<string, string>
}

/** Starts a migrated database and a Redis. */
export async function startStores(): Promise<Omit<Stack, 'server'>> {
  const [databaseUrl, redis] = await Promise.all([createTestDatabase(), startTestRedis()])
  return { env: { DATABASE_URL: databaseUrl, REDIS_URL: redis.url } }
}

/** Starts a built server with its own stores. */
export async function startStack(env: Record<string, string> = {}): Promise<Stack> {
  const all = { ...(await startStores()).env, ...env }
  return { server: await startServer(all), env: all }
}

let shared: Promise<Stack> | undefined

/** One stack for all test files of the process that neither configure nor break it. Log lines start at this call. */
export async function sharedStack(): Promise<Stack> {
  shared ??= runInProcessScope(() => startStack())
  const stack = await shared
  return { ...stack, server: stack.server.fromNow() }
}
