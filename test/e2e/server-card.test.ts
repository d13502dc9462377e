import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { service } from '../../src/config/package.ts'
import { startAuthorizationServer } from '../support/authorization-server.ts'
import { post, postModern } from '../support/raw.ts'
import { assertMatchesSchema } from '../support/schemas/validate.ts'
import { scrape } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

const catalogPath = '/.well-known/ai-catalog.json'
const paths = ['/mcp/server-card', catalogPath, '/.well-known/mcp/catalog.json']
const foreign = { origin: 'https://client.example' }

let stack: Stack
let server: RunningServer
before(async () => {
  stack = await sharedStack()
  server = stack.server
})

async function read(url: string) {
  const response = await fetch(url, { headers: { ...foreign, accept: 'application/mcp-server-card+json' } })
  assert.equal(response.status, 200, url)
  // biome-ignore lint/suspicious/noExplicitAny: tests assert the shape of the body
  return { headers: response.headers, body: (await response.json()) as any }
}

describe('the catalog', () => {
  it('leads from the well-known path of the AI Catalog, and that of its draft, to the server card', async () => {
    for (const path of paths.slice(1)) {
      const { headers, body } = await read(server.url + path)
      assert.equal(headers.get('content-type'), 'application/ai-catalog+json')
      assert.equal(body.specVersion, '1.0')
      const [entry, ...others] = body.entries
      assert.deepEqual(others, [])
      assert.deepEqual(entry, {
        identifier: `urn:air:127.0.0.1:mcp:${service.name}`,
        displayName: service.title,
        type: 'application/mcp-server-card+json',
        url: `${server.url}/mcp/server-card`,
      })
      assert.equal((await read(entry.url)).headers.get('content-type'), entry.type)
    }
  })
})

describe('the server card', () => {
  it('matches the published schema', async () => {
    const { body } = await read(`${server.url}/mcp/server-card`)
    assertMatchesSchema('server-card', body)
    assert.equal(body.name, `1.0.0.127/${service.name}`)
    assert.equal(body.title, service.title)
  })

  it('says what server/discover and initialize say', async () => {
    const { body } = await read(`${server.url}/mcp/server-card`)
    const [remote, ...others] = body.remotes
    assert.deepEqual(others, [])
    assert.equal(remote.url, server.mcpUrl.href)
    const { result } = (await postModern(server.mcpUrl, 'server/discover')).message
    const info = result._meta['io.modelcontextprotocol/serverInfo']
    assert.equal(body.name.split('/')[1], info.name)
    for (const field of ['title', 'version', 'websiteUrl']) assert.equal(body[field], info[field], field)
    const earlier = remote.supportedProtocolVersions.filter(
      (version: string) => !result.supportedVersions.includes(version),
    )
    assert.equal(earlier.length, remote.supportedProtocolVersions.length - result.supportedVersions.length)
    assert.ok(earlier.length > 1)
    for (const protocolVersion of earlier) {
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
      const { message } = await post(server.mcpUrl, { jsonrpc: '2.0', id: 1, method: 'initialize', params })
      assert.equal(message.result.protocolVersion, protocolVersion)
    }
  })

  it('names the key that AUTH_MODE=api-key requires, and is public with it and with OAuth', async () => {
    const as = await startAuthorizationServer()
    const modes = { 'api-key': {}, oauth: { OAUTH_ISSUER: as.issuer } }
    for (const [mode, settings] of Object.entries(modes)) {
      const protectedServer = await startServer({ ...stack.env, ...settings, AUTH_MODE: mode })
      for (const path of paths) await read(protectedServer.url + path)
      const { body } = await read(`${protectedServer.url}/mcp/server-card`)
      assertMatchesSchema('server-card', body)
      const [header] = body.remotes[0].headers ?? []
      assert.equal(header?.name, mode === 'api-key' ? 'Authorization' : undefined)
      assert.equal((await postModern(protectedServer.mcpUrl, 'tools/list')).status, 401)
    }
  })

  it('follows a PUBLIC_URL with a path, while the catalog stays at the root of the origin', async () => {
    const below = await startServer({ ...stack.env, PUBLIC_URL: 'https://tools.example.com/search_tools/' })
    const { entries } = (await read(below.url + catalogPath)).body
    assert.equal(entries[0].url, 'https://tools.example.com/search_tools/mcp/server-card')
    assert.equal(entries[0].identifier, `urn:air:tools.example.com:mcp:${service.name}`)
    for (const path of ['/search_tools/mcp/server-card', '/mcp/server-card']) {
      const { body } = await read(below.url + path)
      assertMatchesSchema('server-card', body)
      assert.equal(body.name, `com.example.tools/${service.name}`)
      assert.equal(body.remotes[0].url, 'https://tools.example.com/search_tools/mcp')
    }
  })

  it('matches the schema for hosts whose names it does not allow', async () => {
    for (const host of ['[::1]:8080', 'mcp_server:8080', 'localhost']) {
      const other = await startServer({ ...stack.env, PUBLIC_URL: `http://${host}` })
      assertMatchesSchema('server-card', (await read(`${other.url}/mcp/server-card`)).body)
    }
  })
})

describe('public documents', () => {
  it('are readable by pages of every origin, and kept by caches until their ETag changes', async () => {
    for (const path of paths) {
      const { headers } = await read(server.url + path)
      assert.equal(headers.get('access-control-allow-origin'), '*')
      assert.equal(headers.get('access-control-expose-headers'), 'ETag')
      assert.equal(headers.get('cache-control'), 'public, max-age=3600')
      const etag = headers.get('etag') ?? ''
      assert.match(etag, /^"[\w-]{43}"$/)
      const unchanged = await fetch(server.url + path, { headers: { 'if-none-match': etag } })
      assert.deepEqual([unchanged.status, await unchanged.text()], [304, ''])
      const changed = await fetch(server.url + path, { headers: { 'if-none-match': '"other"' } })
      assert.equal(changed.status, 200)
    }
  })

  it('answer HEAD and preflight requests, and other methods with 405', async () => {
    const rejected = async () =>
      (await scrape(server.url)).sum('mcp_requests_rejected_total', { reason: 'method_not_allowed' })
    const before = await rejected()
    for (const path of paths) {
      const get = await fetch(server.url + path)
      const head = await fetch(server.url + path, { method: 'HEAD' })
      assert.equal(head.status, 200)
      assert.equal(await head.text(), '')
      for (const name of ['content-type', 'content-length', 'etag'])
        assert.equal(head.headers.get(name), get.headers.get(name), name)
      const preflight = await fetch(server.url + path, {
        method: 'OPTIONS',
        headers: {
          ...foreign,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'if-none-match,mcp-protocol-version',
        },
      })
      assert.equal(preflight.status, 204)
      assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET')
      assert.equal(preflight.headers.get('access-control-allow-headers'), 'Content-Type, If-None-Match, *')
      for (const method of ['POST', 'DELETE']) {
        const response = await fetch(server.url + path, { method })
        assert.equal(response.status, 405)
        assert.equal(response.headers.get('allow'), 'GET, HEAD, OPTIONS')
      }
    }
    assert.equal((await rejected()) - before, 2 * paths.length)
  })

  it('count towards the rate limit of their address, together with calls', async () => {
    const limited = await startServer({ ...stack.env, RATE_LIMIT_IP_PER_MINUTE: '4' })
    for (const path of paths) await read(limited.url + path)
    assert.equal((await postModern(limited.mcpUrl, 'tools/list')).status, 200)
    for (const path of paths) {
      const response = await fetch(limited.url + path)
      assert.equal(response.status, 429)
      assert.ok(Number(response.headers.get('retry-after')) > 0)
    }
  })
})
