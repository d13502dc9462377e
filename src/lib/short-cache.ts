/** In-process cache with a TTL of seconds; concurrent misses of a key share one load. */
export interface ShortCache<Value> {
  /** The cached value, or the result of `load`. Rejections are not cached. */
  get(key: string, load: () => Promise<Value>): Promise<Value>
}

export interface ShortCacheOptions {
  readonly ttlMs: number
  /** Beyond this number the oldest entry is evicted. */
  readonly maxEntries: number
}

export function createShortCache<Value>({ ttlMs, maxEntries }: ShortCacheOptions): ShortCache<Value> {
  const entries = new Map<string, { readonly value: Promise<Value>; readonly expiresAtMs: number }>()
  return {
    get(key, load) {
      const cached = entries.get(key)
      if (cached !== undefined && cached.expiresAtMs > performance.now()) return cached.value
      entries.delete(key)
      const value = load()
      const entry = { value, expiresAtMs: performance.now() + ttlMs }
      entries.set(key, entry)
      value.catch(() => {
        if (entries.get(key) === entry) entries.delete(key)
      })
      const [oldest] = entries.keys()
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest)
      return value
    },
  }
}
