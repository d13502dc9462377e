import { batchPerTick } from '../lib/batch-per-tick.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import type { RedisClient } from './client.ts'

/** What a look into the cache tells; it goes back into `set`. */
export interface CacheLookup {
  readonly result: 'hit' | 'miss' | 'error'
  readonly value?: unknown
  readonly generation?: string
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

/** Of a key in Redis; null if there is none. */
type Text = Promise<string | null | undefined>

const generationKey = (tag: string) => `mcp:cache:generation:${tag}`

export interface CacheOptions {
  readonly redis: RedisClient
  readonly logger: Logger
  readonly metrics: Metrics
  /** Keeps apart the answers of deployments that share a Redis: answers hold addresses of their own server. */
  readonly namespace?: string
}

export function createCache({ redis, logger, metrics, namespace = '' }: CacheOptions): Cache {
  const entryKey = (key: string) => `mcp:cache:entry:${namespace}:${key}`
  const failed = (operation: string) => (error: unknown) => {
    logger.debug('cache operation failed', { function: operation, error })
  }
  for (const result of ['hit', 'miss', 'error']) {
    metrics.initSeries('mcp_cache_requests_total', { cache: 'answers', result })
  }

  function read(keys: string[]): readonly Text[] {
    // A cluster takes no one command for keys of different slots.
    if (redis.isCluster) return keys.map((key) => redis.get(key))
    const texts = redis.mget(keys)
    return keys.map(async (_key, place) => (await texts)[place])
  }

  const look = batchPerTick(
    ({ key, tag }: { key: string; tag: string }) => `${tag} ${key}`,
    (looks) => {
      const tags = [...new Set(looks.map(({ tag }) => tag))]
      const texts = read([...tags.map(generationKey), ...looks.map(({ key }) => entryKey(key))])
      return looks.map(({ tag }, place) => found(texts[tags.indexOf(tag)], texts[tags.length + place]))
    },
  )

  async function found(...texts: (Text | undefined)[]): Promise<CacheLookup> {
    const [generation, text] = await Promise.all(texts)
    const entry = text ? (JSON.parse(text) as Entry) : undefined
    const current = generation ?? '0'
    return entry?.generation === current
      ? { result: 'hit', value: entry.value, generation: current }
      : { result: 'miss', generation: current }
  }

  return {
    async get(key, tag) {
      const lookup = await look({ key, tag }).catch((error: unknown): CacheLookup => {
        failed('get')(error)
        return { result: 'error' }
      })
      metrics.count('mcp_cache_requests_total', { cache: 'answers', result: lookup.result })
      return lookup
    },

    async set(key, { generation }, value, ttlSeconds) {
      if (generation === undefined) return
      await redis
        .set(entryKey(key), JSON.stringify({ generation, value } satisfies Entry), 'EX', ttlSeconds)
        .catch(failed('set'))
    },

    async invalidate(tag) {
      // A Redis whose memory is full refuses to count, but it can always forget.
      await redis
        .incr(generationKey(tag))
        .catch(() => redis.del(generationKey(tag)))
        .catch(failed('invalidate'))
    },
  }
}
