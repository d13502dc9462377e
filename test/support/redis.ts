import { startRedis } from '../../dev/services/embedded-redis.ts'
import type { Service } from '../../dev/services/service.ts'
import { afterFile } from './cleanup.ts'
import { testLifeline } from './lifeline.ts'

/** Starts a Redis, at the URL of a stopped one if given, and stops it after the test file. */
export async function startTestRedis(options: { url?: string } = {}): Promise<Service> {
  const redis = await startRedis({ ...options, lifeline: testLifeline() })
  afterFile(() => redis.stop())
  return redis
}
