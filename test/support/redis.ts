import { startRedis } from '../../dev/services/embedded-redis.ts'
import type { Service } from '../../dev/services/service.ts'
import { afterFile } from './cleanup.ts'
import { testLifeline } from './lifeline.ts'

/** A Redis of the calling test file's own, on a free port unless given. */
export async function startTestRedis(options: { port?: number } = {}): Promise<Service> {
  const redis = await startRedis({ ...options, lifeline: testLifeline() })
  afterFile(() => redis.stop())
  return redis
}
