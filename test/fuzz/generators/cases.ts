import fc from 'fast-check'
import { type HostileCase, type HttpMessage, type SentRequest, toBytes } from '../hostile-case.ts'
import { type HostileRequest, hostileRequest } from './requests.ts'

interface Marked {
  readonly bytes: Buffer
  readonly sent: SentRequest
}

/** Writes a request with its length and an id of its own, by which its answer is known. */
function mark({ message, mayStream }: HostileRequest, id: string, chunked = false): Marked {
  const own = message.headers.some(([name]) => name.toLowerCase() === 'x-request-id')
  const framing = chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(message.body.length)]
  const headers: HttpMessage['headers'] = [
    ...message.headers,
    ...(own ? [] : [['X-Request-Id', id] as const]),
    framing as [string, string],
  ]
  const body = chunked ? chunksOf(message.body) : message.body
  return {
    bytes: toBytes({ ...message, headers, body }),
    sent: { method: message.method, mayStream, ...(own ? {} : { id }) },
  }
}

function chunksOf(body: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0, size = 1; at < body.length; at += size, size = Math.min(size * 7, 100_000)) {
    const chunk = body.subarray(at, at + size)
    parts.push(Buffer.from(`${chunk.length.toString(16)};extension=1\r\n`), chunk, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\nX-Trailer: 1\r\n\r\n')])
}

const cut = (bytes: Buffer, at: number): [Buffer, Buffer] => {
  const index = at % Math.max(bytes.length, 1)
  return [bytes.subarray(0, index), bytes.subarray(index)]
}

/** What is wrong with the framing, as a change of a request's bytes; nobody is owed an answer to it, only an end. */
const framings: readonly (readonly [what: string, change: (bytes: string, at: number) => string])[] = [
  ['a length too large', (bytes) => bytes.replace(/Content-Length: \d+/, 'Content-Length: 999999')],
  ['a length too small', (bytes) => bytes.replace(/Content-Length: \d+/, 'Content-Length: 5')],
  ['a negative length', (bytes) => bytes.replace(/Content-Length: \d+/, 'Content-Length: -1')],
  ['a length that is none', (bytes) => bytes.replace(/Content-Length: \d+/, 'Content-Length: 1e3')],
  [
    'an enormous length',
    (bytes) => bytes.replace(/Content-Length: \d+/, `Content-Length: ${'9'.repeat(40)}`),
  ],
  ['two lengths', (bytes) => bytes.replace(/(Content-Length: )(\d+)/, '$1$2\r\nContent-Length: 3')],
  [
    'length and chunks',
    (bytes) => bytes.replace(/(Content-Length: \d+)/, '$1\r\nTransfer-Encoding: chunked'),
  ],
  [
    'a transfer coding that is none',
    (bytes) => bytes.replace(/Content-Length: \d+/, 'Transfer-Encoding: xchunked'),
  ],
  ['chunks that are none', (bytes) => bytes.replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked')],
  [
    'a chunk without end',
    (bytes) =>
      `${bytes.replace(/Content-Length: \d+[\s\S]*/, 'Transfer-Encoding: chunked\r\n\r\nffffffff\r\n{}')}`,
  ],
  [
    'a chunk size that is none',
    (bytes) =>
      bytes.replace(/Content-Length: \d+[\s\S]*/, 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'),
  ],
  ['huge headers', (bytes) => bytes.replace('\r\n', `\r\nX-Huge: ${'h'.repeat(70_000)}\r\n`)],
  ['very many headers', (bytes) => bytes.replace('\r\n', `\r\n${'X-A: 1\r\n'.repeat(3_000)}`)],
  ['an endless path', (bytes) => bytes.replace('/mcp', `/${'a'.repeat(90_000)}`)],
  ['a NUL in a header', (bytes) => bytes.replace('\r\n', '\r\nX-Nul: a\0b\r\n')],
  ['a folded header', (bytes) => bytes.replace('\r\n', '\r\nX-Folded: a\r\n b\r\n')],
  ['a space before the colon', (bytes) => bytes.replace('\r\n', '\r\nX-Space : a\r\n')],
  ['bare line feeds', (bytes) => bytes.replaceAll('\r\n', '\n')],
  [
    'another version',
    (bytes, at) => bytes.replace('HTTP/1.1', ['HTTP/2.0', 'HTTP/0.9', 'HTTP/1.0', 'HTP'][at % 4] ?? ''),
  ],
  ['a method that is none', (bytes) => bytes.replace(/^\S+/, 'FROBNICATE')],
  ['CONNECT', (bytes) => bytes.replace(/^\S+ \S+/, 'CONNECT localhost:80')],
  ['no host', (bytes) => bytes.replace(/Host: .*\r\n/, '')],
  ['two hosts', (bytes) => bytes.replace(/(Host: .*\r\n)/, '$1Host: evil.example\r\n')],
  ['TLS', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['Redis', () => '*1\r\n$4\r\nPING\r\n'],
  ['nothing', () => ''],
  ['cut off', (bytes, at) => bytes.slice(0, at % bytes.length)],
]

type Numbered = (id: string) => HostileCase

const single = (request: HostileRequest): Numbered => {
  return (id) => {
    const { bytes, sent } = mark(request, id)
    return { what: request.what, pieces: [bytes], ending: 'wait', requests: [sent] }
  }
}

function createCases(): fc.Arbitrary<Numbered> {
  const request = hostileRequest
  const place = fc.nat(1_000_000)

  const inPieces = fc.tuple(request, fc.boolean(), place).map(
    ([one, chunked, at]): Numbered =>
      (id) => {
        const { bytes, sent } = mark(one, id, chunked)
        return { what: `${one.what}; in pieces`, pieces: cut(bytes, at), ending: 'wait', requests: [sent] }
      },
  )
  const pipelined = fc
    .array(
      request.filter(({ message, mayStream }) => !mayStream && message.body.length < 100_000),
      { minLength: 2, maxLength: 6 },
    )
    .map(
      (several): Numbered =>
        (id) => {
          const marked = several.map((one, index) => mark(one, `${id}.${index}`))
          return {
            what: `pipelined: ${several.map(({ what }) => what).join(' | ')}`,
            pieces: [Buffer.concat(marked.map(({ bytes }) => bytes))],
            ending: 'wait',
            requests: marked.map(({ sent }) => sent),
          }
        },
    )
  const halfClosed = fc.tuple(request, fc.boolean(), place).map(
    ([one, whole, at]): Numbered =>
      (id) => {
        const { bytes, sent } = mark(one, id)
        const pieces = whole ? [bytes] : [cut(bytes, at)[0]]
        return {
          what: `${one.what}; half-closed`,
          pieces,
          ending: 'half-close',
          requests: [whole ? sent : { method: sent.method }],
        }
      },
  )
  const left = fc.tuple(request, fc.boolean(), place).map(
    ([one, whole, at]): Numbered =>
      (id) => {
        const { bytes } = mark(one, id)
        return {
          what: `${one.what}; left`,
          pieces: whole ? [bytes] : [cut(bytes, at)[0]],
          ending: 'leave',
          requests: [],
        }
      },
  )
  const misframed = fc.tuple(request, fc.constantFrom(...framings), place).map(
    ([one, [what, change], at]): Numbered =>
      (id) => {
        const bytes = change(mark(one, id).bytes.toString('latin1'), at)
        return {
          what: `${one.what}; ${what}`,
          pieces: [Buffer.from(bytes, 'latin1')],
          ending: 'half-close',
          // Where the method is still the one that it was.
          requests: [{ method: one.message.method }],
        }
      },
  )

  return fc.oneof(
    { weight: 82, arbitrary: request.map(single) },
    { weight: 4, arbitrary: inPieces },
    { weight: 3, arbitrary: pipelined },
    { weight: 3, arbitrary: halfClosed },
    { weight: 3, arbitrary: left },
    { weight: 5, arbitrary: misframed },
  )
}

/** All cases. Each is given its number, which becomes the request id. */
export const hostileCases: fc.Arbitrary<Numbered> = createCases()

/** Asks for the page of a document: what was stored as text comes back as HTML. */
export function pageCase(documentId: string, id: string): HostileCase {
  const headers = [
    ['Host', 'localhost:8080'] as const,
    ['Accept', 'text/html'] as const,
    ['X-Request-Id', id] as const,
  ]
  const bytes = toBytes({ method: 'GET', target: `/documents/${documentId}`, headers, body: Buffer.alloc(0) })
  return {
    what: 'the page of a document',
    pieces: [bytes],
    ending: 'wait',
    requests: [{ method: 'GET', id }],
  }
}
