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
