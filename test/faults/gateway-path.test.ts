import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { ClientCredentialsProvider } from '@modelcontextprotocol/client'
import { ClientCredentialsProvider as ProviderV1 } from '@modelcontextprotocol/sdk/client/auth-extensions.js'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { afterFile } from '../support/cleanup.ts'
import { connectLegacy, connectModern, connectV1 } from '../support/clients.ts'
import { startGateway } from '../support/gateway/gateway.ts'
import { bearer } from '../support/raw.ts'
import { scopes } from '../support/sample-calls.ts'
import { createDependencies } from './support/fault-stack.ts'
import { startReplica } from './support/replica.ts'

const search = { name: 'search', arguments: { query: 'alert' } }

describe('a server behind the gateway at /tools/mcp', () => {
  let as: AuthorizationServer
  let publicUrl: string
  /** What a gateway that removes the path sends requests to. */
  let serverUrl: string

  before(async () => {
    as = await startAuthorizationServer()
    const [port, opsPort] = [await freePort(), await freePort()]
    const gateway = await startGateway({ addresses: ['127.0.0.2'], port, opsPort })
    afterFile(gateway.stop)
    publicUrl = `${gateway.mcpUrl.origin}/tools`
    const { env } = await createDependencies()
    const replica = await startReplica({
      ...env,
      HOST: '127.0.0.2',
      PORT: `${port}`,
      OPS_PORT: `${opsPort}`,
      PUBLIC_URL: `${publicUrl}/`,
      ALLOWED_HOSTS: '127.0.0.1,127.0.0.2',
      AUTH_MODE: 'oauth',
      OAUTH_ISSUER: as.issuer,
    })
    afterFile(replica.terminate)
    serverUrl = replica.server.url
    await gateway.untilReady(1)
  })

  const token = () => as.token({ resource: `${publicUrl}/mcp`, scope: scopes('reading').join(' ') })

  for (const [name, connect, Provider] of [
    ['2026-07-28', connectModern, ClientCredentialsProvider],
    ['2025-11-25', connectLegacy, ClientCredentialsProvider],
    ['SDK v1', connectV1, ProviderV1],
  ] as const)
    it(`serves an OAuth client that knows only its URL, ${name}`, async () => {
      const authProvider = new Provider({
        clientId: as.clientId,
        clientSecret: as.clientSecret,
        expectedIssuer: as.issuer,
        scope: scopes('reading').join(' '),
      })
      const client = await connect(new URL(`${publicUrl}/mcp`), { authProvider })
      const { structuredContent } = await client.callTool(search)
      const [first] = (structuredContent as { results: { url: string }[] }).results
      const url = first?.url ?? ''
      assert.ok(url.startsWith(`${publicUrl}/documents/`), url)
      const page = await fetch(url, { headers: { ...bearer(await token()), accept: 'text/html' } })
      assert.equal(page.status, 200)
    })

  it('has its metadata where RFC 9728 has clients look, and names it in challenges', async () => {
    const metadataUrl = publicUrl.replace('/tools', '/.well-known/oauth-protected-resource/tools/mcp')
    const challenged = await fetch(`${publicUrl}/mcp`, { method: 'POST' })
    assert.ok(challenged.headers.get('www-authenticate')?.includes(`resource_metadata="${metadataUrl}"`))
    const { resource } = (await (await fetch(metadataUrl)).json()) as { resource: string }
    assert.equal(resource, `${publicUrl}/mcp`)
  })

  it('links pages and assets below its path, whether or not the gateway removes it', async () => {
    const headers = { ...bearer(await token()), accept: 'text/html' }
    const allLinks = new Set<string>()
    for (const base of [publicUrl, serverUrl])
      for (const path of ['/', '/documents', '/documents/nothing-here']) {
        const html = await (await fetch(base + path, { headers })).text()
        const links = [...html.matchAll(/ (?:href|src)="(\/[^"#]*)/g)].map(([, link = '']) => link)
        assert.ok(links.length > 2, path)
        for (const link of links) allLinks.add(link)
      }
    for (const link of allLinks) {
      assert.match(link, /^\/tools\//)
      assert.equal((await fetch(new URL(link, publicUrl), { headers })).status, 200, link)
    }
  })

  it('hides the ops endpoints there, too', async () => {
    for (const path of ['/metrics', '/health']) assert.equal((await fetch(publicUrl + path)).status, 404)
  })
})
