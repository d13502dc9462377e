/** Remembers answers for a few seconds, and asks only once for what many want to know at the same time. */
export interface ShortCache<Answer> {
  /** The remembered answer, or what `ask` finds out. A failure is not remembered. */
  get(key: string, ask: () => Promise<Answer>): Promise<Answer>
}

export interface ShortCacheOptions {
  readonly ttlMs: number
  /** When there are more, the oldest is forgotten. */
  readonly maxEntries: number
}

export function createShortCache<Answer>({ ttlMs, maxEntries }: ShortCacheOptions): ShortCache<Answer> {
  const entries = new Map<string, { readonly answer: Promise<Answer>; readonly endsAtMs: number }>()
  return {
    get(key, ask) {
      const entry = entries.get(key)
      if (entry !== undefined && entry.endsAtMs > performance.now()) return entry.answer
      entries.delete(key)
      const answer = ask()
      const asked = { answer, endsAtMs: performance.now() + ttlMs }
      entries.set(key, asked)
      answer.catch(() => {
        if (entries.get(key) === asked) entries.delete(key)
      })
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries) break
        entries.delete(oldest)
      }
      return answer
    },
  }
}
