import { startRedis } from '../../dev/services/embedded-redis.ts'
import type { Service } from '../../dev/services/service.ts'
import { atEnd } from './cleanup.ts'

/** A Redis of the calling test file's own. */
export async function startTestRedis(): Promise<Service> {
  const redis = await startRedis()
  atEnd(() => redis.stop())
  return redis
}
