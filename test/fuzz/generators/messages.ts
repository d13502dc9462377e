/** Valid messages of real clients, the seeds of the mutations. */
import { envelope } from '../../support/raw.ts'

export interface SeedMessage {
  readonly revision: '2026-07-28' | '2025-11-25'
  readonly message: Readonly<Record<string, unknown>>
}

/** An argument value; no log line or span may contain it. */
export const argumentCanary = 'canary-argument-4b1d'

const calls = [
  { name: 'search', arguments: { query: `quick start ${argumentCanary}` } },
  { name: 'search', arguments: { query: 'serach' } },
  { name: 'fetch', arguments: { id: 'guides.quick-start' } },
  { name: 'search_wikipedia', arguments: { query: 'prometheus', limit: 3 } },
  { name: 'search_all', arguments: { query: 'redis' } },
  {
    name: 'add_document',
    arguments: { title: 'Note', text: `# Note\n\n${argumentCanary}`, tags: ['a', 'b'] },
  },
]

const requests: readonly (readonly [method: string, params: Readonly<Record<string, unknown>>])[] = [
  ...calls.map((params) => ['tools/call', params] as const),
  ['tools/list', {}],
  ['prompts/list', {}],
  ['prompts/get', { name: 'investigate_alert', arguments: { alert: 'HighErrorRate' } }],
  ['resources/list', {}],
  ['resources/list', { cursor: Buffer.from('[0,"guides.health"]').toString('base64url') }],
  ['resources/templates/list', {}],
  ['resources/read', { uri: 'document://guides.quick-start' }],
  [
    'completion/complete',
    { ref: { type: 'ref/resource', uri: 'document://{id}' }, argument: { name: 'id', value: 'guides.' } },
  ],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'investigate_alert' }, argument: { name: 'alert', value: 'High' } },
  ],
]

const traced = {
  ...envelope,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'vendor=value',
  progressToken: 7,
}

const modern: SeedMessage[] = [
  ...requests,
  ['server/discover', {}] as const,
  ['subscriptions/listen', { notifications: { resourcesListChanged: true } }] as const,
].flatMap(([method, params]) =>
  [envelope, traced].map((_meta) => ({
    revision: '2026-07-28' as const,
    message: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } },
  })),
)

const client = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'raw', version: '1.0.0' },
}

const legacy: SeedMessage[] = [
  ...requests.map(([method, params]) => ({ jsonrpc: '2.0', id: 'one', method, params })),
  { jsonrpc: '2.0', id: 0, method: 'initialize', params: client },
  { jsonrpc: '2.0', id: 2, method: 'ping' },
  { jsonrpc: '2.0', id: 3, method: 'logging/setLevel', params: { level: 'debug' } },
  { jsonrpc: '2.0', id: 4, method: 'resources/subscribe', params: { uri: 'document://guides.quick-start' } },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1, reason: 'x' } },
  { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } },
  { jsonrpc: '2.0', id: 5, result: {} },
  { jsonrpc: '2.0', id: 5, error: { code: -32603, message: 'the client fails' } },
].map((message) => ({ revision: '2025-11-25' as const, message }))

export const seedMessages: readonly SeedMessage[] = [...modern, ...legacy]
