import fc from 'fast-check'
import type { HttpMessage } from '../hostile-case.ts'
import { type HostileBody, hostileBody } from './bodies.ts'
import { hostileText } from './values.ts'

export interface HostileRequest {
  readonly description: string
  readonly message: HttpMessage
  readonly mayStream: boolean
}

/** The bearer token of the requests; no response, log line or span may contain it. */
export const credentialCanary = 'canary-credential-9c2e'

type Header = readonly [name: string, value: string]

/** Replaces control characters, which would change the framing of the request. */
const toHeaderValue = (text: string): string =>
  Buffer.from(text.slice(0, 6_000))
    .toString('latin1')
    .replace(/\p{Cc}/gu, '?')

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** The headers that a client derives from the (mutated) message. */
function headersFor({ revision, message }: HostileBody): Header[] {
  const { method, params } = isObject(message) ? message : {}
  const { name, uri } = isObject(params) ? params : {}
  const target = name ?? uri
  const messageHeaders: Header[] = [
    ...(typeof method === 'string' ? [['Mcp-Method', toHeaderValue(method)] as const] : []),
    ...(typeof target === 'string' ? [['Mcp-Name', toHeaderValue(target)] as const] : []),
  ]
  return [
    ['Host', 'localhost:8080'],
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json, text/event-stream'],
    ['Authorization', `Bearer ${credentialCanary}`],
    ['MCP-Protocol-Version', revision],
    ...(revision === '2026-07-28' ? messageHeaders : []),
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
  hostileText.map(toHeaderValue),
)

interface HeaderMutation {
  readonly kind: 'set' | 'repeat' | 'remove'
  readonly name: string
  readonly value: string
}

const headerMutation: fc.Arbitrary<HeaderMutation> = fc.record({
  kind: fc.constantFrom<HeaderMutation['kind'][]>('set', 'set', 'repeat', 'remove'),
  name: fc.constantFrom(...headerNames),
  value: headerValues,
})

function mutateHeaders(headers: readonly Header[], { kind, name, value }: HeaderMutation): Header[] {
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

const hostileBodies = hostileBody.map((body) => ({
  body,
  method: 'POST',
  target: '/mcp',
  mutations: [],
  description: body.description,
}))

const hostileHeaders = fc
  .tuple(hostileBody, fc.array(headerMutation, { minLength: 1, maxLength: 3 }))
  .map(([body, mutations]) => ({
    ...{ body, method: 'POST', target: '/mcp', mutations },
    description: `${body.description}; ${mutations.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`,
  }))

const hostileTargets = fc
  .tuple(hostileBody, methods, paths, fc.array(headerMutation, { maxLength: 2 }))
  .map(([body, method, target, mutations]) => ({
    ...{ body, method, target, mutations },
    description: `${method} ${target.slice(0, 60)}`,
  }))

/** A request with valid framing, so that a response is expected. The case adds `Content-Length`. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .oneof(
    { weight: 70, arbitrary: hostileBodies },
    { weight: 18, arbitrary: hostileHeaders },
    { weight: 12, arbitrary: hostileTargets },
  )
  .map(({ body, method, target, mutations, description }) => ({
    description,
    message: {
      method,
      target: toHeaderValue(target).replaceAll(' ', '%20'),
      headers: mutations.reduce<Header[]>(mutateHeaders, headersFor(body)),
      body: body.bytes,
    },
    mayStream: body.bytes.includes('subscriptions/listen'),
  }))
