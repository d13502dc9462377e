import fc from 'fast-check'
import type { HttpMessage } from '../hostile-case.ts'
import { type HostileBody, hostileBody } from './bodies.ts'
import { hostileText } from './values.ts'

export interface HostileRequest {
  readonly what: string
  readonly message: HttpMessage
  readonly mayStream: boolean
}

/** What callers send as their credentials; it must not get into an answer, log or traces. */
export const credentialCanary = 'canary-credential-9c2e'

type Header = readonly [name: string, value: string]

/** Header values must be bytes without control characters, or the message's framing would be another one. */
const headerSafe = (text: string): string =>
  Buffer.from(text.slice(0, 6_000))
    .toString('latin1')
    .replace(/\p{Cc}/gu, '?')

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** The headers that go with a body; where the message was changed, they follow it as a client's would. */
function headersFor({ era, message }: HostileBody): Header[] {
  const { method, params } = isObject(message) ? message : {}
  const { name, uri } = isObject(params) ? params : {}
  const target = name ?? uri
  const modern: Header[] = [
    ['MCP-Protocol-Version', '2026-07-28'],
    ...(typeof method === 'string' ? [['Mcp-Method', headerSafe(method)] as const] : []),
    ...(typeof target === 'string' ? [['Mcp-Name', headerSafe(target)] as const] : []),
  ]
  return [
    ['Host', 'localhost:8080'],
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json, text/event-stream'],
    ['Authorization', `Bearer ${credentialCanary}`],
    ...(era === 'modern' ? modern : [['MCP-Protocol-Version', '2025-11-25'] as const]),
  ]
}

const headerNames = [
  ...['Host', 'Origin', 'Content-Type', 'Accept', 'Mcp-Method', 'Mcp-Name', 'MCP-Protocol-Version'],
  ...['X-Request-Id', 'Authorization', 'Content-Encoding', 'Accept-Encoding', 'Cookie', 'Range', 'Expect'],
  ...['X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'Forwarded', 'Mcp-Session-Id'],
  ...['Last-Event-ID', 'traceparent', 'tracestate', 'baggage', 'Upgrade', 'Connection', 'If-None-Match'],
  ...[
    'X-HTTP-Method-Override',
    'Sec-Fetch-Site',
    'Referer',
    'User-Agent',
    '__proto__',
    'constructor',
    'toString',
  ],
]

const headerValues = fc.oneof(
  fc.constantFrom(
    ...[
      'localhost',
      'localhost:99999',
      'user:password@localhost',
      'evil.example',
      '[::1]',
      '127.0.0.1/x',
      '',
    ],
    ...['null', 'https://evil.example', 'http://localhost', 'chrome-extension://x', 'http://[', '*'],
    ...[
      'text/plain',
      'application/json; charset=utf-7',
      'application/json;;;',
      'multipart/form-data; boundary=x',
    ],
    ...['application/json, text/plain', 'text/event-stream', '*/*;q=0', 'text/html', 'gzip', 'br, deflate'],
    ...['100-continue', 'a-miracle', 'websocket', 'h2c', 'Upgrade', 'close', 'keep-alive', 'TE, trailers'],
    ...['bytes=0-0,-1', '00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff', 'DELETE', '-1', '1e9'],
    ...['=?base64?AAAA?=', '=?base64?c2VhcmNo?=', '=?base64?****?=', 'Basic Og=='],
    ...['a=b,'.repeat(100), 'x'.repeat(8_000), ', '.repeat(2_000), '(('.repeat(500), ';q='.repeat(1_000)],
  ),
  hostileText.map(headerSafe),
)

interface HeaderChange {
  readonly kind: 'set' | 'repeat' | 'remove'
  readonly name: string
  readonly value: string
}

const headerChange: fc.Arbitrary<HeaderChange> = fc.record({
  kind: fc.constantFrom<HeaderChange['kind'][]>('set', 'set', 'repeat', 'remove'),
  name: fc.constantFrom(...headerNames),
  value: headerValues,
})

function changeHeaders(headers: readonly Header[], { kind, name, value }: HeaderChange): Header[] {
  const others = headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase())
  if (kind === 'remove') return others
  return [...(kind === 'set' ? others : headers), [name, value]]
}

const paths = fc.oneof(
  { weight: 3, arbitrary: fc.constant('/mcp') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        '/',
        '/mcp/',
        '/MCP',
        '/mcp?a=b',
        '/mcp?%',
        '/mcp#x',
        '//mcp',
        '/./mcp',
        '/mcp/../metrics',
        '/mcp%00',
        '*',
      ],
      ...[
        'http://localhost/mcp',
        'http://evil.example/mcp',
        'https://user:x@localhost/mcp',
        'http://[/mcp',
        'mcp',
      ],
      ...[
        '/documents/guides.quick-start',
        '/documents/',
        '/documents/%00',
        '/documents/%E0%A4%A',
        '/documents/%2e%2e',
      ],
      ...[
        '/documents/__proto__',
        '/documents/constructor',
        '/documents/..%2f..%2fetc%2fpasswd',
        '/documents/a%0d%0aX:1',
      ],
      ...[
        '/health',
        '/livez',
        '/readyz',
        '/metrics',
        '/metrics?name[]=mcp',
        '/.env',
        '/favicon.ico',
        '/robots.txt',
      ],
      ...[
        '/.well-known/oauth-protected-resource',
        '/.well-known/oauth-protected-resource/mcp',
        '/sse',
        '/index.php',
      ],
      `/documents/${'a'.repeat(5_000)}`,
      `/${'a/'.repeat(3_000)}`,
    ),
  },
  {
    weight: 2,
    arbitrary: hostileText.map(
      (text) => `/documents/${encodeURIComponent(Buffer.from(text.slice(0, 300)).toString())}`,
    ),
  },
)

const methods = fc.constantFrom(
  ...['POST', 'POST', 'POST', 'GET', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'],
  ...['SEARCH', 'M-SEARCH', 'PURGE', 'QUERY'],
)

const toMcp = hostileBody.map((body) => ({
  body,
  method: 'POST',
  target: '/mcp',
  changes: [],
  what: body.what,
}))

const withOtherHeaders = fc
  .tuple(hostileBody, fc.array(headerChange, { minLength: 1, maxLength: 3 }))
  .map(([body, changes]) => ({
    ...{ body, method: 'POST', target: '/mcp', changes },
    what: `${body.what}; ${changes.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`,
  }))

const elsewhere = fc
  .tuple(hostileBody, methods, paths, fc.array(headerChange, { maxLength: 2 }))
  .map(([body, method, target, changes]) => ({
    ...{ body, method, target, changes },
    what: `${method} ${target.slice(0, 60)}`,
  }))

/** A request that is framed as it must be, so that it is owed an answer. `Content-Length` is added when it is sent. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .oneof(
    { weight: 70, arbitrary: toMcp },
    { weight: 18, arbitrary: withOtherHeaders },
    { weight: 12, arbitrary: elsewhere },
  )
  .map(({ body, method, target, changes, what }) => ({
    what,
    message: {
      method,
      target: headerSafe(target).replaceAll(' ', '%20'),
      headers: changes.reduce<Header[]>(changeHeaders, headersFor(body)),
      body: body.bytes,
    },
    mayStream: body.bytes.includes('subscriptions/listen'),
  }))
