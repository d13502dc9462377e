import fc from 'fast-check'
import { type HostileCase, type HttpMessage, type SentRequest, toBytes } from '../hostile-case.ts'
import { type HostileRequest, hostileRequest } from './requests.ts'

interface EncodedRequest {
  readonly bytes: Buffer
  readonly sent: SentRequest
}

/** Encodes a request with its length or chunks and, unless it has one, an `X-Request-Id` to match the response. */
function encode({ message, mayStream }: HostileRequest, id: string, chunked = false): EncodedRequest {
  const hasOwnId = message.headers.some(([name]) => name.toLowerCase() === 'x-request-id')
  const framing = chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(message.body.length)]
  const headers: HttpMessage['headers'] = [
    ...message.headers,
    ...(hasOwnId ? [] : [['X-Request-Id', id] as const]),
    framing as [string, string],
  ]
  const body = chunked ? encodeChunks(message.body) : message.body
  return {
    bytes: toBytes({ ...message, headers, body }),
    sent: { method: message.method, mayStream, ...(hasOwnId ? {} : { id }) },
  }
}

function encodeChunks(body: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0, size = 1; at < body.length; at += size, size = Math.min(size * 7, 100_000)) {
    const chunk = body.subarray(at, at + size)
    parts.push(Buffer.from(`${chunk.length.toString(16)};extension=1\r\n`), chunk, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\nX-Trailer: 1\r\n\r\n')])
}

const splitAt = (bytes: Buffer, at: number): [Buffer, Buffer] => {
  const index = at % Math.max(bytes.length, 1)
  return [bytes.subarray(0, index), bytes.subarray(index)]
}

/** Framing errors, as mutations of the request's bytes. The server must close the connection; a response is optional. */
const framingErrors: readonly (readonly [name: string, mutate: (bytes: string, at: number) => string])[] = [
  ['Content-Length too large', (bytes) => bytes.replace(/Content-Length: \d+/, 'Content-Length: 999999')],
  ['Content-Length too small', (bytes) => bytes.replace(/Content-Length: \d+/, 'Content-Length: 5')],
  ['negative Content-Length', (bytes) => bytes.replace(/Content-Length: \d+/, 'Content-Length: -1')],
  ['invalid Content-Length', (bytes) => bytes.replace(/Content-Length: \d+/, 'Content-Length: 1e3')],
  [
    'Content-Length of 40 digits',
    (bytes) => bytes.replace(/Content-Length: \d+/, `Content-Length: ${'9'.repeat(40)}`),
  ],
  [
    'two Content-Length headers',
    (bytes) => bytes.replace(/(Content-Length: )(\d+)/, '$1$2\r\nContent-Length: 3'),
  ],
  [
    'Content-Length and Transfer-Encoding',
    (bytes) => bytes.replace(/(Content-Length: \d+)/, '$1\r\nTransfer-Encoding: chunked'),
  ],
  ['unknown transfer coding', (bytes) => bytes.replace(/Content-Length: \d+/, 'Transfer-Encoding: xchunked')],
  [
    'body without chunk headers',
    (bytes) => bytes.replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked'),
  ],
  [
    'incomplete chunk',
    (bytes) =>
      `${bytes.replace(/Content-Length: \d+[\s\S]*/, 'Transfer-Encoding: chunked\r\n\r\nffffffff\r\n{}')}`,
  ],
  [
    'invalid chunk size',
    (bytes) =>
      bytes.replace(/Content-Length: \d+[\s\S]*/, 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'),
  ],
  ['header of 70 KB', (bytes) => bytes.replace('\r\n', `\r\nX-Huge: ${'h'.repeat(70_000)}\r\n`)],
  ['3,000 headers', (bytes) => bytes.replace('\r\n', `\r\n${'X-A: 1\r\n'.repeat(3_000)}`)],
  ['path of 90 KB', (bytes) => bytes.replace('/mcp', `/${'a'.repeat(90_000)}`)],
  ['NUL in a header', (bytes) => bytes.replace('\r\n', '\r\nX-Nul: a\0b\r\n')],
  ['folded header', (bytes) => bytes.replace('\r\n', '\r\nX-Folded: a\r\n b\r\n')],
  ['space before the colon', (bytes) => bytes.replace('\r\n', '\r\nX-Space : a\r\n')],
  ['bare line feeds', (bytes) => bytes.replaceAll('\r\n', '\n')],
  [
    'other HTTP version',
    (bytes, at) => bytes.replace('HTTP/1.1', ['HTTP/2.0', 'HTTP/0.9', 'HTTP/1.0', 'HTP'][at % 4] ?? ''),
  ],
  ['unknown method', (bytes) => bytes.replace(/^\S+/, 'FROBNICATE')],
  ['CONNECT', (bytes) => bytes.replace(/^\S+ \S+/, 'CONNECT localhost:80')],
  ['no Host header', (bytes) => bytes.replace(/Host: .*\r\n/, '')],
  ['two Host headers', (bytes) => bytes.replace(/(Host: .*\r\n)/, '$1Host: evil.example\r\n')],
  ['TLS', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['Redis', () => '*1\r\n$4\r\nPING\r\n'],
  ['empty', () => ''],
  ['truncated', (bytes, at) => bytes.slice(0, at % bytes.length)],
]

type CaseFactory = (id: string) => HostileCase

const single = (request: HostileRequest): CaseFactory => {
  return (id) => {
    const { bytes, sent } = encode(request, id)
    return { description: request.description, chunks: [bytes], ending: 'wait', requests: [sent] }
  }
}

function createCases(): fc.Arbitrary<CaseFactory> {
  const request = hostileRequest
  const position = fc.nat(1_000_000)

  const inChunks = fc.tuple(request, fc.boolean(), position).map(
    ([one, chunked, at]): CaseFactory =>
      (id) => {
        const { bytes, sent } = encode(one, id, chunked)
        return {
          description: `${one.description}; in two writes`,
          chunks: splitAt(bytes, at),
          ending: 'wait',
          requests: [sent],
        }
      },
  )
  const pipelined = fc
    .array(
      request.filter(({ message, mayStream }) => !mayStream && message.body.length < 100_000),
      { minLength: 2, maxLength: 6 },
    )
    .map(
      (several): CaseFactory =>
        (id) => {
          const encoded = several.map((one, index) => encode(one, `${id}.${index}`))
          return {
            description: `pipelined: ${several.map(({ description }) => description).join(' | ')}`,
            chunks: [Buffer.concat(encoded.map(({ bytes }) => bytes))],
            ending: 'wait',
            requests: encoded.map(({ sent }) => sent),
          }
        },
    )
  const halfClosed = fc.tuple(request, fc.boolean(), position).map(
    ([one, whole, at]): CaseFactory =>
      (id) => {
        const { bytes, sent } = encode(one, id)
        const chunks = whole ? [bytes] : [splitAt(bytes, at)[0]]
        return {
          description: `${one.description}; half-closed`,
          chunks,
          ending: 'half-close',
          requests: [whole ? sent : { method: sent.method }],
        }
      },
  )
  const aborted = fc.tuple(request, fc.boolean(), position).map(
    ([one, whole, at]): CaseFactory =>
      (id) => {
        const { bytes } = encode(one, id)
        return {
          description: `${one.description}; aborted`,
          chunks: whole ? [bytes] : [splitAt(bytes, at)[0]],
          ending: 'abort',
          requests: [],
        }
      },
  )
  const misframed = fc.tuple(request, fc.constantFrom(...framingErrors), position).map(
    ([one, [name, mutate], at]): CaseFactory =>
      (id) => {
        const bytes = mutate(encode(one, id).bytes.toString('latin1'), at)
        return {
          description: `${one.description}; ${name}`,
          chunks: [Buffer.from(bytes, 'latin1')],
          ending: 'half-close',
          // Only the method matters here: HEAD has no response body.
          requests: [{ method: one.message.method }],
        }
      },
  )

  return fc.oneof(
    { weight: 82, arbitrary: request.map(single) },
    { weight: 4, arbitrary: inChunks },
    { weight: 3, arbitrary: pipelined },
    { weight: 3, arbitrary: halfClosed },
    { weight: 3, arbitrary: aborted },
    { weight: 5, arbitrary: misframed },
  )
}

/** All cases. Each is created with the request id of its number. */
export const hostileCases: fc.Arbitrary<CaseFactory> = createCases()

/** Requests the page of a document, which renders stored text as HTML. */
export function pageCase(documentId: string, id: string): HostileCase {
  const headers = [
    ['Host', 'localhost:8080'] as const,
    ['Accept', 'text/html'] as const,
    ['X-Request-Id', id] as const,
  ]
  const bytes = toBytes({ method: 'GET', target: `/documents/${documentId}`, headers, body: Buffer.alloc(0) })
  return {
    description: 'page of a document',
    chunks: [bytes],
    ending: 'wait',
    requests: [{ method: 'GET', id }],
  }
}
