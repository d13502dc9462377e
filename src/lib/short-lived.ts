/**
 * A long-lived map of short-lived values. V8 retains deleted entries of a `Map` that survived a full garbage collection
 * until the next one (docs/decisions/0063); here, such an entry is an empty slot.
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

  /** @returns a function that removes the value and returns whether it was still present */
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
