/**
 * A long-lived map of short-lived values. V8 keeps what a `Map` that has outlived a full garbage collection held until
 * the next one (docs/decisions/0063); here, that is an empty slot.
 */
export class ShortLivedMap<Key, Value> {
  readonly #slots = new Map<Key, { value: Value | undefined }>()

  get(key: Key): Value | undefined {
    return this.#slots.get(key)?.value
  }

  set(key: Key, value: Value): void {
    this.delete(key)
    this.#slots.set(key, { value })
  }

  delete(key: Key): void {
    const slot = this.#slots.get(key)
    if (slot === undefined) return
    slot.value = undefined
    this.#slots.delete(key)
  }
}

/** The same for a `Set`; in the order of arrival. */
export class ShortLivedSet<Value extends object> {
  readonly #slots = new Set<{ value: Value | undefined }>()

  get size(): number {
    return this.#slots.size
  }

  /** @returns what removes the value, and tells whether it was still there */
  add(value: Value): () => boolean {
    const slot: { value: Value | undefined } = { value }
    this.#slots.add(slot)
    return () => {
      slot.value = undefined
      return this.#slots.delete(slot)
    }
  }

  *[Symbol.iterator](): Generator<Value> {
    for (const { value } of this.#slots) if (value !== undefined) yield value
  }
}
