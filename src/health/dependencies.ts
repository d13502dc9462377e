import type { Database } from '../postgres/database.ts'
import type { RedisClient } from '../redis/client.ts'
import type { DependencyCheck } from './health.ts'

export interface CheckedStores {
  readonly database: Pick<Database, 'ping'>
  readonly redis: Pick<RedisClient, 'ping'>
}

/** Checks of the stores that every fork keeps; `domain.ts` adds those of its own dependencies. */
export function dependencyChecks({ database, redis }: CheckedStores): DependencyCheck[] {
  return [
    { name: 'database', critical: true, intervalMs: 1_000, run: () => database.ping() },
    { name: 'redis', critical: false, intervalMs: 1_000, run: () => redis.ping() },
  ]
}
