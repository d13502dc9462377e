import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { connectV1 } from '../support/clients.ts'
import { post, postLegacy } from '../support/raw.ts'
import { injectLatency, plain } from '../support/sample-calls.ts'
import { untilInFlight } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

async function initialize(url: URL, name: string): Promise<string> {
  const { headers } = await postLegacy(url, 'initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name, version: '1' },
  })
  return headers.get('mcp-session-id') ?? ''
}

const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled' }

const calls = (server: RunningServer) =>
  server.lines.filter((line) => line['mcp.method.name'] === 'tools/call' && line.outcome === 'cancelled')

describe('notifications/cancelled of the 2025 revisions', () => {
  it('cancels a call of the official v1 client, which keeps the request open', async () => {
    const slowness = injectLatency(stack, 'forever')
    const client = await connectV1(stack.server.mcpUrl)
    const before = calls(stack.server).length
    const abort = new AbortController()
    const call = client.callTool(slowness.call(), { signal: abort.signal })
    await untilInFlight(stack.server.url)
    abort.abort()
    await assert.rejects(call)
    await stack.server.line(() => calls(stack.server).length > before)
    slowness.end()
  })

  it('cancels a call at another replica, and no call of another session or caller', async () => {
    const slowness = injectLatency(stack, 'forever')
    const other = await startServer({ ...stack.env, TRUSTED_PROXY_HOPS: '1' })
    const session = { 'mcp-session-id': await initialize(other.mcpUrl, 'one') }
    const stranger = { 'mcp-session-id': await initialize(other.mcpUrl, 'two') }
    const start = (id: number) =>
      post(
        stack.server.mcpUrl,
        { jsonrpc: '2.0', id, method: 'tools/call', params: slowness.call() },
        { 'mcp-protocol-version': '2025-11-25', ...session },
      )
    const cancel = (requestId: number, headers: Record<string, string> = {}) =>
      post(other.mcpUrl, { ...cancelled, params: { requestId } }, headers)
    const since = stack.server.fromNow()
    const cancelledIds = () => calls(since).map((line) => line['jsonrpc.request.id'])

    const [first, second] = [start(1), start(2)]
    await untilInFlight(stack.server.url, 2)
    for (const headers of [stranger, {}, { ...session, 'x-forwarded-for': '198.51.100.7' }])
      await cancel(1, headers)
    // Arrives after the others.
    await cancel(2, session)
    assert.equal((await second).message, undefined)
    await since.line(() => calls(since).length > 0)
    assert.deepEqual(cancelledIds(), ['2'])

    await cancel(1, session)
    assert.equal((await first).message, undefined)
    await since.line(() => calls(since).length > 1)
    assert.deepEqual(cancelledIds(), ['2', '1'])
    slowness.end()
  })
})

describe('Mcp-Session-Id', () => {
  it('carries the name of the client to the log lines of its later requests', async () => {
    const session = await initialize(stack.server.mcpUrl, 'fastmcp')
    await postLegacy(stack.server.mcpUrl, 'tools/call', plain.call, {
      'mcp-session-id': session,
      'x-request-id': 'named',
    })
    const line = await stack.server.line((line) => line.request_id === 'named')
    assert.equal(line['mcp.client.name'], 'fastmcp')
  })

  it('is not needed, and any other value is served', async () => {
    for (const headers of [{}, { 'mcp-session-id': 'invented' }]) {
      const { message } = await postLegacy(stack.server.mcpUrl, 'tools/call', plain.call, headers)
      assert.equal(message.result.isError ?? false, false)
    }
  })
})

describe('the log line of initialize', () => {
  it('has the negotiated version', async () => {
    await postLegacy(
      stack.server.mcpUrl,
      'initialize',
      { protocolVersion: '1999-01-01', capabilities: {}, clientInfo: { name: 'old', version: '1' } },
      { 'x-request-id': 'negotiated' },
    )
    const line = await stack.server.line((line) => line.request_id === 'negotiated')
    assert.match(String(line['mcp.protocol.version']), /^2025-/)
  })
})

describe('a protocol error -32602', () => {
  for (const [method, params, code] of [
    ['resources/read', { uri: 'unknown://x' }, 'not_found'],
    ['prompts/get', { name: 'unknown' }, 'not_found'],
    ['resources/read', { uri: 7 }, 'invalid_arguments'],
    ['resources/list', { cursor: 'invented' }, 'invalid_arguments'],
  ] as const)
    it(`of ${method} ${JSON.stringify(params)} is logged as ${code}`, async () => {
      const requestId = randomUUID()
      const { message } = await postLegacy(stack.server.mcpUrl, method, params, { 'x-request-id': requestId })
      assert.equal(message.error.code, -32602)
      const line = await stack.server.line((line) => line.request_id === requestId)
      assert.equal(line['error.code'], code)
    })
})

describe('requests for OAuth metadata that does not exist', () => {
  it('are answered with 404 and logged at debug level only', async () => {
    const statuses = []
    for (const path of [
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/openid-configuration',
      '/x',
    ])
      statuses.push((await fetch(stack.server.url + path)).status)
    assert.deepEqual(statuses, [404, 404, 404])
    await stack.server.line((line) => line['url.path'] === '/x')
    assert.equal(
      stack.server.lines.some(
        ({ 'url.path': path, level }) => String(path).startsWith('/.well-known/') && level !== 'debug',
      ),
      false,
    )
  })
})
