import { randomUUID } from 'node:crypto'
import { batchPerTick } from '../lib/batch-per-tick.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { RedisClient } from './client.ts'

/** Result of `get`, to be passed to `set`. */
export interface CacheLookup {
  readonly result: 'hit' | 'miss' | 'error'
  readonly value?: unknown
  readonly generation?: string | undefined
}

/**
 * JSON values in Redis, shared by all replicas. An entry belongs to a generation of its tag; `invalidate` starts a new
 * one, which turns all older entries into misses. `set` stores the generation read by `get`, so a value computed
 * during an invalidation is never served.
 *
 * Never rejects: while Redis is down every lookup has the result `error`, and nothing is stored.
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

/** Value of a key in Redis; null if it does not exist. */
type StoredText = Promise<string | null | undefined>

const generationKey = (tag: string) => `mcp:cache:generation:${tag}`

export interface CacheOptions {
  readonly redis: RedisClient
  readonly logger: Logger
  /** Separates deployments that share a Redis, because results contain URLs of their own server. */
  readonly namespace?: string
}

export function createCache({ redis, logger, namespace = '' }: CacheOptions): Cache {
  const entryKey = (key: string) => `mcp:cache:entry:${namespace}:${key}`
  const logFailure = (operation: string) => (error: unknown) => {
    logger.debug('cache operation failed', { function: operation, error })
  }

  function getMany(keys: string[]): readonly StoredText[] {
    // A cluster rejects a multi-key command across slots.
    if (redis.isCluster) return keys.map((key) => redis.get(key))
    const texts = redis.mget(keys)
    return keys.map(async (_key, index) => (await texts)[index])
  }

  const lookUp = batchPerTick(
    ({ key, tag }: { key: string; tag: string }) => `${tag} ${key}`,
    (requests) => {
      const tags = [...new Set(requests.map(({ tag }) => tag))]
      const texts = getMany([...tags.map(generationKey), ...requests.map(({ key }) => entryKey(key))])
      return requests.map(({ tag }, index) =>
        toLookup(tag, texts[tags.indexOf(tag)], texts[tags.length + index]),
      )
    },
  )

  async function toLookup(tag: string, ...texts: (StoredText | undefined)[]): Promise<CacheLookup> {
    const [stored, text] = await Promise.all(texts)
    const entry = text ? (JSON.parse(text) as Entry) : undefined
    const generation = stored ?? (await createGeneration(tag))
    return entry !== undefined && entry.generation === generation
      ? { result: 'hit', value: entry.value, generation }
      : { result: 'miss', generation }
  }

  /** Undefined if Redis has no memory for it; nothing is stored then. */
  async function createGeneration(tag: string): Promise<string | undefined> {
    const key = generationKey(tag)
    // Another replica can be first.
    const created = await redis.set(key, randomUUID(), 'NX').catch(() => undefined)
    return created === undefined ? undefined : ((await redis.get(key)) ?? undefined)
  }

  return {
    async get(key, tag) {
      return lookUp({ key, tag }).catch((error: unknown): CacheLookup => {
        logFailure('get')(error)
        return { result: 'error' }
      })
    },

    async set(key, { generation }, value, ttlSeconds) {
      if (generation === undefined) return
      await redis
        .set(entryKey(key), JSON.stringify({ generation, value } satisfies Entry), 'EX', ttlSeconds)
        .catch(logFailure('set'))
    },

    async invalidate(tag) {
      // With maxmemory reached, Redis rejects SET but still accepts DEL.
      await redis
        .set(generationKey(tag), randomUUID())
        .catch(() => redis.del(generationKey(tag)))
        .catch(logFailure('invalidate'))
    },
  }
}
