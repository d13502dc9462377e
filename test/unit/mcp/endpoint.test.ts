import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { InMemoryServerEventBus } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { anonymous, type Caller } from '../../../src/auth/caller.ts'
import type { Services } from '../../../src/domain.ts'
import { AppError } from '../../../src/errors.ts'
import { discoverCatalog } from '../../../src/mcp/catalog.ts'
import { defineTool, type Tool } from '../../../src/mcp/define/define-tool.ts'
import { createEndpoint, type EndpointOptions } from '../../../src/mcp/endpoint.ts'
import { createObserver } from '../../../src/telemetry/observer.ts'
import type { Rejection } from '../../../src/telemetry/rejections.ts'
import { afterFile } from '../../support/cleanup.ts'
import { silentLogger } from '../../support/logger.ts'
import { post, postLegacy, postModern } from '../../support/raw.ts'

const catalog = await discoverCatalog(new URL('../../../src/', import.meta.url))

async function serve(caller: Caller, overrides: Partial<EndpointOptions> = {}): Promise<URL> {
  const endpoint = createEndpoint({
    server: { name: 'listing', title: 'Listing', version: '1.0.0', websiteUrl: 'http://localhost' },
    instructions: 'A server under test.',
    catalog,
    stages: [],
    services: {} as Services,
    observer: createObserver([]),
    reject: () => undefined,
    bus: new InMemoryServerEventBus(),
    logger: silentLogger,
    ...overrides,
  })
  const server = createServer((req, res) => endpoint.handle(req, res, caller)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
}

/** With an `extend` callback the SDK builds the list instead of the endpoint's own fast path. */
const withoutFastPath = { extend: () => undefined }

describe('tools/list', () => {
  const [first] = catalog.tools
  const callers: [string, Caller][] = [
    ['an anonymous caller', anonymous],
    ['a caller with one scope', { id: 'one', scopes: new Set(first?.scopes) }],
    ['a caller without scopes', { id: 'none', scopes: new Set() }],
  ]
  it('has the icons of a tool', async () => {
    const icons = [{ src: 'https://example.org/icon.svg', mimeType: 'image/svg+xml' }]
    const tools = catalog.tools.slice(0, 1).map((tool) => ({ ...tool, icons }))
    for (const overrides of [{}, withoutFastPath]) {
      const url = await serve(anonymous, { ...overrides, catalog: { ...catalog, tools } })
      for (const post of [postModern, postLegacy])
        assert.deepEqual((await post(url, 'tools/list')).message.result.tools[0].icons, icons)
    }
  })

  for (const [name, caller] of callers)
    it(`returns the same list as the SDK to ${name} in each revision`, async () => {
      const [ownUrl, sdkUrl] = [await serve(caller), await serve(caller, withoutFastPath)]
      for (const post of [postModern, postLegacy]) {
        const { message } = await post(ownUrl, 'tools/list')
        assert.deepEqual(message, (await post(sdkUrl, 'tools/list')).message)
        const allowed = catalog.tools.filter(({ scopes }) =>
          scopes.every((scope) => caller.scopes === 'all' || caller.scopes.has(scope)),
        )
        assert.deepEqual(
          message.result.tools.map(({ name }: { name: string }) => name),
          allowed.map(({ name }) => name),
        )
      }
    })

  it('includes tools that an extension registers', async () => {
    const url = await serve(anonymous, {
      extend: (mcp) =>
        void mcp.registerTool('extra', { description: 'One more.' }, async () => ({ content: [] })),
    })
    const { message } = await postModern(url, 'tools/list')
    assert.ok(message.result.tools.some(({ name }: { name: string }) => name === 'extra'))
  })
})

describe('tools/call', () => {
  const input = z.object({ region: z.string().default('eu').meta({ 'x-mcp-header': 'Region' }) })
  const output = z.object({ region: z.string() })
  const common = { title: 'A tool', effect: 'read', scopes: ['a:read'] } as const
  const plain = defineTool({
    ...common,
    name: 'plain',
    description: 'Has an output schema.',
    input: z.object({ region: z.string().optional() }),
    output,
    run: async ({ region = 'eu' }) => {
      if (region === 'none') throw new AppError('not_found', 'No such region.')
      return { region }
    },
  })
  const withHeader = defineTool({
    ...common,
    name: 'with_header',
    description: 'Repeats an argument in a header.',
    input,
    output,
    run: async ({ region }) => ({ region }),
  })
  const overrides = { catalog: { ...catalog, tools: [plain, withHeader] as Tool[] } }

  const calls = {
    'a call': { name: 'plain', arguments: { region: 'us' } },
    'a call without arguments': { name: 'plain' },
    'a failed call': { name: 'plain', arguments: { region: 'none' } },
    'arguments that are no object': { name: 'plain', arguments: 'us' },
    'an unknown tool': { name: 'no_such_tool', arguments: {} },
  }
  for (const [name, call] of Object.entries(calls))
    it(`responds to ${name} like the SDK in each revision`, async () => {
      const [ownUrl, sdkUrl] = [
        await serve(anonymous, overrides),
        await serve(anonymous, { ...overrides, ...withoutFastPath }),
      ]
      for (const post of [postModern, postLegacy]) {
        const [own, sdk] = [await post(ownUrl, 'tools/call', call), await post(sdkUrl, 'tools/call', call)]
        assert.deepEqual([own.status, own.message], [sdk.status, sdk.message])
      }
    })

  it('hides a tool that the scopes of the caller do not allow', async () => {
    const url = await serve({ id: 'none', scopes: new Set() }, overrides)
    const { message } = await postModern(url, 'tools/call', { name: 'plain', arguments: {} })
    assert.deepEqual([message.error.code, message.error.message], [-32602, 'Tool plain not found'])
  })

  it('rejects an argument that differs from its header', async () => {
    const url = await serve(anonymous, overrides)
    const send = (region: string) =>
      postModern(
        url,
        'tools/call',
        { name: 'with_header', arguments: { region: 'us' } },
        { 'mcp-param-region': region },
      )
    assert.deepEqual((await send('us')).message.result.structuredContent, { region: 'us' })
    const { status, message } = await send('eu')
    assert.deepEqual([status, message.error.code], [400, -32020])
  })
})

describe('unexpected error in the endpoint', () => {
  it('returns a JSON-RPC error with status 500 and without details, and reports one rejection', async () => {
    const failure = new Error('no more file descriptors')
    const rejections: Rejection[] = []
    const url = await serve(anonymous, {
      admissions: [() => Promise.reject(failure)],
      reject: (rejection) => rejections.push(rejection),
    })
    const { status, message } = await postModern(url, 'tools/list')
    assert.equal(status, 500)
    assert.equal(message.error.code, -32603)
    assert.doesNotMatch(message.error.message, /descriptors/)
    assert.equal(rejections.length, 1)
    const [{ reason, httpStatus, error } = assert.fail()] = rejections
    assert.deepEqual({ reason, httpStatus, error }, { reason: 'internal', httpStatus: 500, error: failure })
  })
})

describe('a cancellation of a 2025 revision', () => {
  it('in a batch leaves no request of it without a response', {
    timeout: 10_000,
  }, async () => {
    const url = await serve(anonymous)
    const cancellation = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }
    for (const method of ['ping', 'tools/list']) {
      const requests = [1, 2].map((id) => ({ jsonrpc: '2.0', id, method }))
      const { text } = await post(url, [...requests, cancellation], { 'mcp-protocol-version': '2025-03-26' })
      for (const id of [1, 2]) assert.match(text, new RegExp(`"id":${id}\\b`))
    }
  })

  it('gets an error for a cancellation that is sent as a request', { timeout: 10_000 }, async () => {
    const { message } = await postLegacy(await serve(anonymous), 'notifications/cancelled', { requestId: 1 })
    assert.equal(message.error.code, -32601)
  })
})
