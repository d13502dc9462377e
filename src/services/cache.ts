import type { Logger } from '../telemetry/logger.ts'
import type { RedisClient } from './redis.ts'

/** What a look into the cache tells; `generation` goes back into `set`. */
export interface CacheLookup {
  readonly value: unknown
  readonly generation: string | undefined
}

/**
 * JSON values in Redis, shared by all replicas. Entries of a tag belong to its generation:
 * `invalidate` begins a new one, which makes all older entries misses without looking for them. Because
 * `set` stores the generation that was read before the value was computed, a value that was computed
 * while the data changed is never served afterwards.
 *
 * Nothing here rejects: a cache that is down misses.
 */
export interface Cache {
  get(key: string, tag: string): Promise<CacheLookup>
  set(key: string, lookup: CacheLookup, value: unknown, ttlSeconds: number): Promise<void>
  invalidate(tag: string): Promise<void>
}

interface Entry {
  readonly generation: string
  readonly value: unknown
}

const entryKey = (key: string) => `mcp:cache:entry:${key}`
const generationKey = (tag: string) => `mcp:cache:generation:${tag}`

export function createCache({ redis, logger }: { redis: RedisClient; logger: Logger }): Cache {
  const failed = (operation: string) => (error: unknown) => {
    logger.debug('cache operation failed', { operation, error })
  }
  return {
    async get(key, tag) {
      const found = await redis.mget(entryKey(key), generationKey(tag)).catch(failed('get'))
      if (!found) return { value: undefined, generation: undefined }
      const generation = found[1] ?? '0'
      const entry = found[0] ? (JSON.parse(found[0]) as Entry) : undefined
      return { value: entry?.generation === generation ? entry.value : undefined, generation }
    },

    async set(key, { generation }, value, ttlSeconds) {
      if (generation === undefined) return
      await redis
        .set(entryKey(key), JSON.stringify({ generation, value } satisfies Entry), 'EX', ttlSeconds)
        .catch(failed('set'))
    },

    async invalidate(tag) {
      await redis.incr(generationKey(tag)).catch(failed('invalidate'))
    },
  }
}
