import fc from 'fast-check'
import { type SeedMessage, seedMessages } from './messages.ts'
import { hostileKey, hostileValue, rawJson, toJson } from './values.ts'

/** A change of one place in a message; `at` counts its places. */
interface Mutation {
  readonly kind: 'replace' | 'remove' | 'add' | 'rename' | 'repeat key' | 'wrap'
  readonly at: number
  readonly key: string
  readonly value: unknown
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'rename', 'repeat key', 'wrap'),
  at: fc.nat(1_000),
  key: hostileKey,
  value: hostileValue,
})

export interface MutatedMessage {
  readonly what: string
  readonly era: SeedMessage['era']
  /** With raw JSON where that was put in; `toJson` writes it. */
  readonly message: unknown
}

/** A real message with up to four of its places changed; one in nine is left as it is. */
export const mutatedMessage: fc.Arbitrary<MutatedMessage> = fc
  .tuple(
    fc.constantFrom(...seedMessages),
    fc.oneof(
      { weight: 5, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 1 }) },
      { weight: 3, arbitrary: fc.array(mutation, { minLength: 2, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
  )
  .map(([{ era, message }, mutations]) => ({
    what: `${era} ${message.method}${mutations.map(({ kind }) => `, ${kind}`).join('')}`,
    era,
    message: mutations.reduce<unknown>(applyMutation, structuredClone(message)),
  }))

type Parent = Record<string, unknown>

/** Every place in a value: the object or array that holds it, and its key there. */
function placesIn(value: unknown): [parent: Parent, key: string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value).flatMap((key): [Parent, string][] => [
    [value as Parent, key],
    ...placesIn((value as Parent)[key]),
  ])
}

/** By these keys the parts of a message are known that all messages have. */
const envelopes = ['jsonrpc', '_meta', 'io.modelcontextprotocol/protocolVersion', 'version', 'traceparent']

function applyMutation(message: unknown, { kind, at, key, value: given }: Mutation): unknown {
  // A copy, because later mutations change what is in the message, and the same values are given again.
  const value = structuredClone(given)
  const all = placesIn(message)
  // Most of a message is its envelope, without which it gets no further; what is in its arguments gets far.
  const inner = all.filter(([parent]) => !envelopes.some((key) => key in parent))
  const places = at % 4 === 0 || inner.length === 0 ? all : inner
  const [parent, name] = places[at % Math.max(places.length, 1)] ?? []
  if (parent === undefined || name === undefined) return value
  const set = (where: string, what: unknown) =>
    // By assignment `__proto__` would not become a key.
    Object.defineProperty(parent, where, {
      value: what,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  const original = parent[name]
  switch (kind) {
    case 'replace':
      set(name, value)
      break
    case 'remove':
      delete parent[name]
      break
    case 'add':
      set(Array.isArray(parent) ? String(parent.length) : key, value)
      break
    case 'rename':
      delete parent[name]
      set(Array.isArray(parent) ? '0' : key, original)
      break
    case 'repeat key':
      // Two times the same key, in the place of one.
      if (Array.isArray(parent)) set(name, [value, value])
      else set(name, rawJson(`${toJson(original)},${JSON.stringify(name)}:${toJson(value)}`))
      break
    case 'wrap':
      set(name, [original, value])
  }
  return message
}
