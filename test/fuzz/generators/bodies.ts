import fc from 'fast-check'
import { type MutatedMessage, mutatedMessage } from './mutations.ts'
import { hostileText, toJson } from './values.ts'

export interface HostileBody {
  readonly description: string
  readonly revision: MutatedMessage['revision']
  readonly bytes: Buffer
  /** The message, undefined if the bytes do not encode it unchanged. */
  readonly message?: unknown
}

/** A byte-level mutation; the result need not be JSON or text. */
type ByteMutation = readonly [name: string, mutate: (text: string, at: number) => string | Buffer]

const byteMutations: readonly ByteMutation[] = [
  ['truncated', (text, at) => text.slice(0, at % Math.max(text.length, 1))],
  [
    'invalid UTF-8',
    (text, at) => spliceIn(text, at, Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80])),
  ],
  ['overlong UTF-8', (text, at) => spliceIn(text, at, Buffer.from([0xc0, 0xaf, 0xe0, 0x80, 0xaf]))],
  ['raw NUL', (text, at) => spliceIn(text, at, Buffer.from([0]))],
  ['bit flip', flipBit],
  ['byte order mark', (text) => `\ufeff${text}`],
  ['UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['trailing text', (text) => `${text}}]garbage`],
  ['duplicated', (text) => `${text}${text}`],
  ['newline-delimited', (text) => `${text}\n${text}\n`],
  ['batch', (text) => `[${text},${text}]`],
  ['batch of 200', (text) => `[${Array.from({ length: 200 }, () => text.slice(0, 2_000)).join(',')}]`],
  ['comment', (text) => `/* */${text}`],
  ['single quotes', (text) => text.replaceAll('"', "'")],
  ['bare words', (text, at) => text.replace(/"[^"]*"/, ['NaN', 'undefined', 'Infinity'][at % 3] ?? '')],
  ['white space', (text) => `${' \t\n\r'.repeat(5_000)}${text}`],
  ['escapes', (text) => text.replace(/[a-z]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`)],
  ['form', (text) => `message=${encodeURIComponent(Buffer.from(text.slice(0, 5_000)).toString())}`],
]

function spliceIn(text: string, at: number, bytes: Buffer): Buffer {
  const whole = Buffer.from(text)
  const index = at % Math.max(whole.length, 1)
  return Buffer.concat([whole.subarray(0, index), bytes, whole.subarray(index)])
}

function flipBit(text: string, at: number): Buffer {
  const bytes = Buffer.from(text)
  const index = at % Math.max(bytes.length, 1)
  bytes[index] = (bytes[index] ?? 0) ^ (1 << (at % 8))
  return bytes
}

const wellFormed = mutatedMessage.map(
  ({ description, revision, message }): HostileBody => ({
    description,
    revision,
    message,
    bytes: Buffer.from(toJson(message)),
  }),
)

const malformed = fc
  .tuple(mutatedMessage, fc.constantFrom(...byteMutations), fc.nat(100_000))
  .map(([{ description, revision, message }, [name, mutate], at]): HostileBody => {
    const bytes = mutate(toJson(message), at)
    return {
      description: `${description}, ${name}`,
      revision,
      bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
    }
  })

const notAMessage = fc.oneof(
  fc
    .uint8Array({ maxLength: 300 })
    .map((bytes) => ({ description: 'random bytes', bytes: Buffer.from(bytes) })),
  hostileText.map((text) => ({ description: 'random text', bytes: Buffer.from(text) })),
  fc.json({ maxDepth: 4 }).map((text) => ({ description: 'random JSON', bytes: Buffer.from(text) })),
  fc
    .constantFrom(1_000, 20_000, 500_000)
    .map((depth) => ({ description: 'deeply nested array', bytes: Buffer.from('['.repeat(depth)) })),
)

/** Around and above the body limit; slow, so rare. */
const huge = fc.constantFrom(4_194_304, 4_194_305, 6_000_000).map(
  (size): HostileBody => ({
    description: `${size} bytes`,
    revision: '2025-11-25',
    bytes: Buffer.from(
      `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"${'x'.repeat(size - 60)}"}}`.padEnd(size),
    ),
  }),
)

export const hostileBody: fc.Arbitrary<HostileBody> = fc.oneof(
  { weight: 780, arbitrary: wellFormed },
  { weight: 180, arbitrary: malformed },
  { weight: 39, arbitrary: notAMessage.map((body): HostileBody => ({ revision: '2026-07-28', ...body })) },
  { weight: 1, arbitrary: huge },
)
