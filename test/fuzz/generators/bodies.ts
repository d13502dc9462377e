import fc from 'fast-check'
import { type MutatedMessage, mutatedMessage } from './mutations.ts'
import { hostileText, toJson } from './values.ts'

export interface HostileBody {
  readonly what: string
  readonly era: MutatedMessage['era']
  readonly bytes: Buffer
  /** The message as it was before its bytes were tampered with; undefined if there is none. */
  readonly message?: unknown
}

/** A change of a body's bytes, which need not be JSON or even text afterwards. */
type Tamper = readonly [what: string, change: (text: string, at: number) => string | Buffer]

const tampers: readonly Tamper[] = [
  ['cut off', (text, at) => text.slice(0, at % Math.max(text.length, 1))],
  ['invalid UTF-8', (text, at) => spliced(text, at, Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80]))],
  ['overlong UTF-8', (text, at) => spliced(text, at, Buffer.from([0xc0, 0xaf, 0xe0, 0x80, 0xaf]))],
  ['raw NUL', (text, at) => spliced(text, at, Buffer.from([0]))],
  ['a bit flipped', flipped],
  ['byte order mark', (text) => `\ufeff${text}`],
  ['UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['trailing text', (text) => `${text}}]garbage`],
  ['twice', (text) => `${text}${text}`],
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

function spliced(text: string, at: number, bytes: Buffer): Buffer {
  const whole = Buffer.from(text)
  const index = at % Math.max(whole.length, 1)
  return Buffer.concat([whole.subarray(0, index), bytes, whole.subarray(index)])
}

function flipped(text: string, at: number): Buffer {
  const bytes = Buffer.from(text)
  const index = at % Math.max(bytes.length, 1)
  bytes[index] = (bytes[index] ?? 0) ^ (1 << (at % 8))
  return bytes
}

const wellFormed = mutatedMessage.map(
  ({ what, era, message }): HostileBody => ({ what, era, message, bytes: Buffer.from(toJson(message)) }),
)

const tampered = fc
  .tuple(mutatedMessage, fc.constantFrom(...tampers), fc.nat(100_000))
  .map(([{ what, era, message }, [how, change], at]): HostileBody => {
    const bytes = change(toJson(message), at)
    return { what: `${what}, ${how}`, era, bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes }
  })

const noMessage = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ what: 'random bytes', bytes: Buffer.from(bytes) })),
  hostileText.map((text) => ({ what: 'any text', bytes: Buffer.from(text) })),
  fc.json({ maxDepth: 4 }).map((text) => ({ what: 'any JSON', bytes: Buffer.from(text) })),
  fc
    .constantFrom(1_000, 20_000, 500_000)
    .map((depth) => ({ what: 'deep array', bytes: Buffer.from('['.repeat(depth)) })),
)

/** Far over the limit, so rare. */
const huge = fc.constantFrom(4_194_304, 4_194_305, 6_000_000).map(
  (size): HostileBody => ({
    what: `${size} bytes`,
    era: 'legacy',
    bytes: Buffer.from(
      `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"${'x'.repeat(size - 60)}"}}`.padEnd(size),
    ),
  }),
)

export const hostileBody: fc.Arbitrary<HostileBody> = fc.oneof(
  { weight: 780, arbitrary: wellFormed },
  { weight: 180, arbitrary: tampered },
  { weight: 39, arbitrary: noMessage.map((body): HostileBody => ({ era: 'modern', ...body })) },
  { weight: 1, arbitrary: huge },
)
