import type { Database } from '../postgres/database.ts'
import type { RedisClient } from '../redis/client.ts'
import type { DependencyCheck } from './health.ts'

export interface CheckedServices {
  readonly database: Pick<Database, 'query'>
  readonly redis: Pick<RedisClient, 'ping'>
}

/** What every server here depends on. What its domain needs besides is checked by `domain.ts`. */
export function dependencyChecks({ database, redis }: CheckedServices): DependencyCheck[] {
  return [
    {
      name: 'database',
      critical: true,
      intervalMs: 1_000,
      run: (signal) => database.query('select 1', [], { signal }),
    },
    { name: 'redis', critical: false, intervalMs: 1_000, run: () => redis.ping() },
  ]
}
