import fc from 'fast-check'
import { type SeedMessage, seedMessages } from './messages.ts'
import { hostileKey, hostileValue, rawJson, toJson } from './values.ts'

/** A mutation of one position in a message; `at` is the index of the position. */
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
  readonly description: string
  readonly revision: SeedMessage['revision']
  /** May contain marked raw JSON; encode it with `toJson`. */
  readonly message: unknown
}

/** A valid message with one to four mutations; one in nine is unchanged. */
export const mutatedMessage: fc.Arbitrary<MutatedMessage> = fc
  .tuple(
    fc.constantFrom(...seedMessages),
    fc.oneof(
      { weight: 5, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 1 }) },
      { weight: 3, arbitrary: fc.array(mutation, { minLength: 2, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
  )
  .map(([{ revision, message }, mutations]) => ({
    description: `${revision} ${message.method}${mutations.map(({ kind }) => `, ${kind}`).join('')}`,
    revision,
    message: mutations.reduce<unknown>(applyMutation, structuredClone(message)),
  }))

type Parent = Record<string, unknown>

/** Every position in a value: parent object or array, and key. */
function positionsIn(value: unknown): [parent: Parent, key: string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value).flatMap((key): [Parent, string][] => [
    [value as Parent, key],
    ...positionsIn((value as Parent)[key]),
  ])
}

/** Keys of the objects that make up the envelope of every message. */
const envelopeKeys = ['jsonrpc', '_meta', 'io.modelcontextprotocol/protocolVersion', 'version', 'traceparent']

function applyMutation(message: unknown, { kind, at, key, value: given }: Mutation): unknown {
  // Later mutations modify the message, and fast-check reuses the generated values.
  const value = structuredClone(given)
  const all = positionsIn(message)
  // Prefer positions outside the envelope: messages with a broken envelope are rejected early.
  const inner = all.filter(([parent]) => !envelopeKeys.some((key) => key in parent))
  const positions = at % 4 === 0 || inner.length === 0 ? all : inner
  const [parent, name] = positions[at % Math.max(positions.length, 1)] ?? []
  if (parent === undefined || name === undefined) return value
  const set = (key: string, value: unknown) =>
    // An assignment to `__proto__` would set the prototype.
    Object.defineProperty(parent, key, {
      value,
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
      // A duplicate key.
      if (Array.isArray(parent)) set(name, [value, value])
      else set(name, rawJson(`${toJson(original)},${JSON.stringify(name)}:${toJson(value)}`))
      break
    case 'wrap':
      set(name, [original, value])
  }
  return message
}
