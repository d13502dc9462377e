import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { createSessionId } from '../../src/mcp/session.ts'
import { storeKey } from '../support/api-keys.ts'
import { type OtlpReceiver, otlpEnvironment, type ReceivedSpan, startOtlpReceiver } from '../support/otlp.ts'
import { bearer, envelope, post } from '../support/raw.ts'
import { catalog, plain, prompt, resource } from '../support/sample-calls.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'

type Table = Readonly<{
  attributes: readonly { name: string; level: string }[]
  methods: readonly string[]
}>
const table: Table = JSON.parse(readFileSync('test/support/mcp-span-convention.json', 'utf8'))

interface Message {
  readonly method: string
  readonly params?: Record<string, unknown>
  readonly revision: '2026-07-28' | '2025-11-25'
  /** JSON-RPC error code of the response. */
  readonly code?: number
  readonly tool?: string
  readonly prompt?: string
  readonly uri?: string
}

const clientInfo = { name: 'convention', version: '3.1.4' }
const sessionId = createSessionId(clientInfo.name)
/** A prompt without completions answers with an error. */
const uncompleted = prompt.argument === undefined ? { code: -32602 } : {}
const completion = { ref: { type: 'ref/prompt', name: prompt.call.name }, argument: prompt.argument }
const uri = resource.uri

/** Every method of the table that clients send, in the revisions that have it. */
const messages: readonly Message[] = [
  { method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } },
  { method: 'ping' },
  { method: 'logging/setLevel', params: { level: 'info' }, code: -32601 },
  { method: 'notifications/initialized' },
  { method: 'notifications/cancelled', params: { requestId: 99 } },
  { method: 'notifications/progress', params: { progressToken: 1, progress: 1 } },
  { method: 'notifications/roots/list_changed' },
  { method: 'resources/subscribe', params: { uri }, uri, code: -32601 },
  { method: 'resources/unsubscribe', params: { uri }, uri, code: -32601 },
  ...(['2025-11-25', '2026-07-28'] as const).flatMap((revision) => [
    { method: 'tools/list', revision },
    { method: 'tools/call', params: plain.call, tool: plain.call.name, revision },
    { method: 'tools/call', params: { name: 'no_such' }, tool: 'no_such', code: -32602, revision },
    { method: 'prompts/list', revision },
    { method: 'prompts/get', params: prompt.call, prompt: prompt.call.name, revision },
    { method: 'prompts/get', params: { name: 'no_such' }, prompt: 'no_such', code: -32602, revision },
    { method: 'completion/complete', params: completion, prompt: prompt.call.name, revision, ...uncompleted },
    { method: 'resources/list', revision },
    { method: 'resources/templates/list', revision },
    { method: 'resources/read', params: { uri }, uri, revision },
  ]),
].map((message) => ({ revision: '2025-11-25', ...message }))

const fromServer = 'the server sends it, as a notification of a stream, without a span'
const stateless = 'the server is stateless, so it sends no requests'
/** Methods of the table that clients do not send, and why they have no span here. */
const withoutSpan: Readonly<Record<string, string>> = {
  'notifications/message': fromServer,
  'notifications/prompts/list_changed': fromServer,
  'notifications/resources/list_changed': fromServer,
  'notifications/resources/updated': fromServer,
  'notifications/tools/list_changed': fromServer,
  'elicitation/create': stateless,
  'roots/list': stateless,
  'sampling/createMessage': stateless,
}

const optIn = 'needs OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'
/** The value of each attribute of the table for a message; a text without a function says why it is never set. */
const rules: Readonly<Record<string, string | ((message: Message, span: ReceivedSpan) => unknown)>> = {
  'mcp.method.name': ({ method }) => method,
  'error.type': ({ code }) => code?.toString(),
  'gen_ai.prompt.name': ({ prompt }) => prompt,
  'gen_ai.tool.name': ({ tool }) => tool,
  'jsonrpc.request.id': ({ method }) => (method.startsWith('notifications/') ? undefined : '7'),
  'mcp.resource.uri': ({ uri }) => uri,
  'rpc.response.status_code': ({ code }) => code?.toString(),
  'client.address': () => '127.0.0.1',
  'client.port': (_message, { attributes }) => attributes['client.port'] ?? 'missing',
  'gen_ai.operation.name': ({ tool }) => tool && 'execute_tool',
  'jsonrpc.protocol.version': 'the server rejects every version but 2.0, which the convention leaves out',
  'mcp.protocol.version': ({ revision }) => revision,
  // The session begins with the response to `initialize`; 2026-07-28 has none.
  'mcp.session.id': ({ method, revision }) =>
    method === 'initialize' || revision === '2026-07-28' ? undefined : sessionId.split('.')[0],
  'network.protocol.name': () => 'http',
  'network.protocol.version': () => '1.1',
  'network.transport': () => 'tcp',
  'gen_ai.tool.call.arguments': optIn,
  'gen_ai.tool.call.result': optIn,
}

/** Span of the message, which carries a trace id of its own. */
async function spanOf(
  { method, params = {}, revision }: Message,
  { server, otlp }: { server: RunningServer; otlp: OtlpReceiver },
  headers: Record<string, string> = {},
): Promise<ReceivedSpan> {
  const traceId = randomUUID().replaceAll('-', '')
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
  const modern = revision === '2026-07-28'
  const name = params.name ?? params.uri
  const meta = modern ? { ...envelope, 'io.modelcontextprotocol/clientInfo': clientInfo } : {}
  const id = method.startsWith('notifications/') ? {} : { id: 7 }
  await post(
    server.mcpUrl,
    { jsonrpc: '2.0', ...id, method, params: { ...params, _meta: { ...meta, traceparent } } },
    {
      'mcp-protocol-version': revision,
      ...(modern && { 'mcp-method': method, ...(typeof name === 'string' && { 'mcp-name': name }) }),
      ...(!modern && method !== 'initialize' && { 'mcp-session-id': sessionId }),
      ...headers,
    },
  )
  return otlp.span((span) => span.traceId === traceId && 'mcp.method.name' in span.attributes)
}

describe('the span of an MCP message, by the semantic convention', () => {
  let target: { server: RunningServer; otlp: OtlpReceiver }
  let stack: Stack
  before(async () => {
    const otlp = await startOtlpReceiver()
    stack = await startStack({ ...otlpEnvironment(otlp.url), TRUSTED_PROXY_HOPS: '1' })
    target = { server: stack.server, otlp }
  })

  it('is known for every method and attribute of the table', () => {
    const methods = new Set([...messages.map(({ method }) => method), ...Object.keys(withoutSpan)])
    assert.deepEqual([...methods].sort(), [...table.methods].sort())
    assert.deepEqual(
      table.attributes.map(({ name }) => name),
      Object.keys(rules),
    )
  })

  for (const message of messages) {
    const { method, revision, code } = message
    it(`has every attribute for ${method} of ${revision}${code ? ` with error ${code}` : ''}`, async () => {
      const span = await spanOf(message, target)
      for (const { name } of table.attributes) {
        const rule = rules[name]
        const expected = typeof rule === 'function' ? rule(message, span) : undefined
        assert.equal(span.attributes[name], expected, name)
      }
      assert.ok(Number(span.attributes['client.port']) > 0)
      const known = catalog.tools.some(({ name }) => name === message.tool) ? message.tool : undefined
      const shown = known ?? (message.prompt === prompt.call.name ? message.prompt : undefined)
      assert.equal(span.name, shown === undefined ? method : `${method} ${shown}`)
      assert.equal(span.kind, 2)
      const inSession = revision === '2025-11-25' && method !== 'initialize'
      assert.equal(span.attributes['mcp.client.name'], clientInfo.name)
      assert.equal(span.attributes['mcp.client.version'], inSession ? undefined : clientInfo.version)
      assert.equal(span.attributes['enduser.id'], 'anonymous')
    })
  }

  it("has the address of the client behind a trusted proxy, and not the proxy's port", async () => {
    const message: Message = { method: 'tools/list', revision: '2026-07-28' }
    for (const address of ['198.51.100.7', '2001:db8::17']) {
      const { attributes } = await spanOf(message, target, { 'x-forwarded-for': address })
      assert.deepEqual([attributes['client.address'], attributes['client.port']], [address, undefined])
    }
  })

  it('names the authenticated caller as the log does', async () => {
    const server = await startServer({ ...stack.env, AUTH_MODE: 'api-key' })
    const { key } = await storeKey(stack.env.DATABASE_URL ?? '', plain.scope)
    const message: Message = { method: 'tools/list', revision: '2026-07-28' }
    const { attributes, spanId } = await spanOf(message, { ...target, server }, bearer(key))
    const { caller } = await server.line(({ span_id }) => span_id === spanId)
    assert.match(String(caller), /^key:[\w-]{16}$/)
    assert.equal(attributes['enduser.id'], caller)
  })
})
