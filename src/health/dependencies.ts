import type { Database } from '../services/postgres.ts'
import type { RedisClient } from '../services/redis.ts'
import type { WikipediaClient } from '../services/wikipedia.ts'
import type { DependencyCheck } from './health.ts'

export interface CheckedServices {
  readonly database: Pick<Database, 'query'>
  readonly redis: Pick<RedisClient, 'ping'>
  readonly wikipedia: Pick<WikipediaClient, 'ping'>
}

/** Everything that `/health` asks. A further dependency is a further entry. */
export function dependencyChecks({ database, redis, wikipedia }: CheckedServices): DependencyCheck[] {
  return [
    {
      name: 'database',
      critical: true,
      intervalMs: 1_000,
      run: (signal) => database.query('select 1', [], { signal }),
    },
    { name: 'redis', critical: false, intervalMs: 1_000, run: () => redis.ping() },
    // Somebody else's server: asked seldom.
    { name: 'external_api', critical: false, intervalMs: 15_000, run: (signal) => wikipedia.ping(signal) },
  ]
}
