import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ClientCredentialsProvider } from '@modelcontextprotocol/client'
import { ClientCredentialsProvider as ProviderV1 } from '@modelcontextprotocol/sdk/client/auth-extensions.js'
import { exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { connectLegacy, connectModern, connectV1 } from '../support/clients.ts'
import { bearer, postLegacy, postModern } from '../support/raw.ts'
import { catalog, other, plain, scopes, writeCall } from '../support/sample-calls.ts'
import { scrape } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, sharedStack, startStack } from '../support/stack.ts'

let as: AuthorizationServer
let stack: Stack
let server: RunningServer
let resource: string
const tokens: string[] = []

before(async () => {
  as = await startAuthorizationServer()
  stack = await startStack({ AUTH_MODE: 'oauth', OAUTH_ISSUER: as.issuer })
  server = stack.server
  resource = server.mcpUrl.href
})

const send = { modern: postModern, legacy: postLegacy }
const readingScopes = scopes('reading').join(' ')
/** What a token to read does not allow. */
const further = writeCall ?? other

async function newToken(scope: string): Promise<string> {
  const token = await as.token({ resource, scope })
  tokens.push(token)
  return token
}

const statusOf = async (token: string, at = server) =>
  (await postModern(at.mcpUrl, 'tools/call', plain.call, bearer(token))).status

async function becomes(status: number, ask: () => Promise<number>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await ask()) === status) return
    await delay(100)
  }
  assert.fail(`the status did not become ${status}`)
}

describe('the protected resource metadata', () => {
  it('tell anybody who gives tokens, at both addresses', async () => {
    for (const path of [
      '/.well-known/oauth-protected-resource',
      '/.well-known/oauth-protected-resource/mcp',
    ]) {
      const response = await fetch(`${server.url}${path}`, { headers: { origin: 'https://client.example' } })
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('access-control-allow-origin'), '*')
      assert.deepEqual(await response.json(), {
        resource,
        authorization_servers: [as.issuer],
        scopes_supported: scopes('all'),
        bearer_methods_supported: ['header'],
        resource_name: 'Observable MCP server',
      })
      const preflight = await fetch(`${server.url}${path}`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://client.example',
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'mcp-protocol-version',
        },
      })
      assert.equal(preflight.status, 204)
      assert.equal(preflight.headers.get('access-control-allow-headers'), '*')
    }
  })

  it('are not there where no tokens are asked for', async () => {
    const { server: open } = await sharedStack()
    assert.equal((await fetch(`${open.url}/.well-known/oauth-protected-resource`)).status, 404)
  })
})

for (const era of ['modern', 'legacy'] as const) {
  describe(`a ${era} request`, () => {
    const call = (token: string, params: Record<string, unknown> = plain.call, headers = {}) =>
      send[era](server.mcpUrl, 'tools/call', params, { ...bearer(token), ...headers })

    it('without a token is told where tokens come from', async () => {
      const answer = await send[era](server.mcpUrl, 'tools/call', plain.call)
      assert.equal(answer.status, 401)
      assert.equal(
        answer.headers.get('www-authenticate'),
        `Bearer realm="mcp", resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp", scope="${readingScopes}"`,
      )
      assert.equal(answer.message.jsonrpc, '2.0')
    })

    it('with a token of the authorization server is served, and its caller is in the log as a hash', async () => {
      const ids: unknown[] = []
      for (const n of [1, 2]) {
        const requestId = `oauth-${era}-${n}`
        const answer = await call(await newToken(plain.scope), plain.call, {
          'x-request-id': requestId,
        })
        assert.match(answer.text, plain.answer)
        ids.push((await server.line(({ request_id }) => request_id === requestId)).caller)
      }
      const other = await as.forge(as.claims(resource, { sub: 'somebody-else' }))
      await call(other, plain.call, { 'x-request-id': `other-${era}` })
      const { caller } = await server.line(({ request_id }) => request_id === `other-${era}`)
      assert.match(String(ids[0]), /^oauth:[\w-]{16}$/)
      assert.equal(ids[0], ids[1])
      assert.notEqual(ids[0], caller)
      assert.doesNotMatch(JSON.stringify(server.lines), /test-machine|somebody-else/)
    })

    it('for a tool that the token has no scope for gets 403, with what to come back with', async () => {
      const before = await scrape(server.url)
      const requestId = `step-up-${era}`
      const answer = await call(await newToken(plain.scope), further.call, { 'x-request-id': requestId })
      assert.equal(answer.status, 403)
      assert.equal(
        answer.headers.get('www-authenticate'),
        `Bearer realm="mcp", resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp", error="insufficient_scope", ` +
          `error_description="This needs the scope '${further.scope}', which your credentials do not have.", scope="${[plain.scope, further.scope].sort().join(' ')}"`,
      )
      assert.equal(answer.message.id, 1)
      const line = await server.line(({ request_id }) => request_id === requestId)
      assert.equal(line.reason, 'insufficient_scope')
      assert.match(String(line.caller), /^oauth:/)
      const labels = { reason: 'insufficient_scope' }
      const name = 'mcp_requests_rejected_total'
      assert.equal((await scrape(server.url)).sum(name, labels) - before.sum(name, labels), 1)
    })

    it('may not carry the token in its address', async () => {
      const token = await newToken(plain.scope)
      const answer = await send[era](new URL(`?access_token=${token}`, server.mcpUrl), 'tools/list', {})
      assert.equal(answer.status, 400)
    })
  })
}

describe('a token', () => {
  const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow
  const without = (...names: string[]): JWTPayload => {
    const claims: Record<string, unknown> = as.claims(resource)
    for (const name of names) delete claims[name]
    return claims
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  /** Signed by HMAC, with bytes that everybody knows: the public key. */
  const hmac = (alg: string, secret: string | Buffer) => {
    const signed = `${encode({ alg, kid: as.key().kid, typ: 'at+jwt' })}.${encode(as.claims(resource))}`
    const hash = alg.replace('HS', 'sha')
    return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
  }
  const unsigned = (alg: string) =>
    `${encode({ alg, kid: as.key().kid, typ: 'at+jwt' })}.${encode(as.claims(resource))}.`

  const refused: Record<string, () => string | Promise<string>> = {
    'that is not signed (alg none)': () => unsigned('none'),
    'that is not signed (alg NONE)': () => unsigned('NONE'),
    'that is not signed (alg RS256)': () => unsigned('RS256'),
    'signed by HS256 with the public key in PEM': async () =>
      hmac('HS256', await exportSPKI(as.key().publicKey)),
    'signed by HS512 with the modulus': () => hmac('HS512', Buffer.from(as.key().jwk.n ?? '', 'base64url')),
    'signed by another key of the same name': async () => {
      const { privateKey } = await generateKeyPair('RS256')
      const header = { alg: 'RS256', kid: as.key().kid }
      return new SignJWT(as.claims(resource)).setProtectedHeader(header).sign(privateKey)
    },
    'that brings its own key': async () => {
      const { privateKey } = await generateKeyPair('RS256')
      const { n, e, kty } = as.key().jwk
      const header = { alg: 'RS256', jwk: { n, e, kty } as never, jku: `${as.issuer}/jwks` }
      return new SignJWT(as.claims(resource)).setProtectedHeader(header).sign(privateKey)
    },
    'whose claims were changed': async () => {
      const [header, , signature] = (await as.token({ resource, scope: plain.scope })).split('.')
      return `${header}.${encode(as.claims(resource))}.${signature}`
    },
    'that has expired': () => as.forge(as.claims(resource, { exp: seconds(-60) })),
    'that never expires': () => as.forge(without('exp')),
    'that is not valid yet': () => as.forge(as.claims(resource, { nbf: seconds(60) })),
    'of another issuer': () => as.forge(as.claims(resource, { iss: 'https://evil.example' })),
    'of the same issuer, written differently': () => as.forge(as.claims(resource, { iss: `${as.issuer}/` })),
    'of no issuer': () => as.forge(without('iss')),
    'for another server': () => as.token({ resource: 'https://other.example/mcp', scope: plain.scope }),
    'for nobody': () => as.forge(without('aud')),
    'about nobody': () => as.forge(without('sub')),
    'about a number': () => as.forge(as.claims(resource, { sub: 7 as never })),
    'that is bound to a key of its client': () => as.forge(as.claims(resource, { cnf: { jkt: 'x' } })),
    'that is no token': () => 'eyJhbGciOiJSUzI1NiJ9.e30.',
    'that is nothing like one': () => 'mcp_0123456789ab',
  }
  for (const [what, make] of Object.entries(refused)) {
    it(`${what} is refused`, async () => {
      const token = await make()
      tokens.push(token)
      for (const era of ['modern', 'legacy'] as const) {
        const answer = await send[era](server.mcpUrl, 'tools/call', plain.call, bearer(token))
        assert.equal(answer.status, 401)
        const challenge = answer.headers.get('www-authenticate') ?? ''
        assert.match(challenge, /error="invalid_token", error_description="The token/)
        assert.match(challenge, /resource_metadata="http/)
        assert.ok(!answer.text.includes(token))
      }
    })
  }

  it('is served within the tolerance of clocks, for several servers, and with scopes under their other name', async () => {
    for (const claims of [
      as.claims(resource),
      as.claims(resource, { exp: seconds(-4) }),
      as.claims(resource, { nbf: seconds(4) }),
      as.claims(resource, { aud: ['https://other.example', resource] }),
      { ...without('scope'), scp: [plain.scope] },
      { ...without('scope'), scp: `${other.scope} ${plain.scope}` },
    ])
      assert.equal(await statusOf(await as.forge(claims)), 200, JSON.stringify(claims))
    assert.equal(await statusOf(await as.forge(without('scope'))), 403)
  })
})

describe('the lists', () => {
  it('show what the token is good for', async () => {
    const listed = async (scope: string) => {
      const requestInit = { headers: bearer(await newToken(scope)) }
      const client = await connectModern(server.mcpUrl, { requestInit })
      return (await client.listTools()).tools.map(({ name }) => name)
    }
    for (const { scope, call } of [plain, further]) {
      const names = await listed(scope)
      assert.deepEqual(
        names,
        catalog.tools.filter((tool) => tool.scope === scope).map(({ name }) => name),
      )
      assert.ok(names.includes(call.name))
    }
    const both = await listed(`${plain.scope} ${further.scope}`)
    for (const { call } of [plain, further]) assert.ok(both.includes(call.name))
    assert.deepEqual(await listed(''), [])
  })
})

describe('a real client', () => {
  const credentials = () => ({ clientId: as.clientId, clientSecret: as.clientSecret })

  for (const [era, connect] of [
    ['2026-07-28', connectModern],
    ['2025-11-25', connectLegacy],
  ] as const) {
    const step = writeCall ? ', and to a larger one when a tool needs it' : ''
    it(`of ${era} finds its way to a token by itself${step}`, async () => {
      const authProvider = new ClientCredentialsProvider({ ...credentials(), expectedIssuer: as.issuer })
      const client = await connect(server.mcpUrl, { authProvider })
      const { tools } = await client.listTools()
      assert.deepEqual(
        tools.map(({ name }) => name),
        catalog.tools.filter(({ effect }) => effect === 'read').map(({ name }) => name),
      )
      const first = authProvider.tokens()?.access_token ?? ''
      tokens.push(first)
      if (!writeCall) return
      const added = await client.callTool(writeCall.call)
      assert.notEqual(added.isError, true)
      const second = authProvider.tokens()?.access_token ?? ''
      assert.notEqual(first, second)
      tokens.push(second)
    })
  }

  it('of the first SDK does, too, with the scopes that it was configured with', async () => {
    // In this grant it asks for these alone, whatever a challenge says.
    const scope = `${plain.scope} ${further.scope}`
    const authProvider = new ProviderV1({ ...credentials(), expectedIssuer: as.issuer, scope })
    const client = await connectV1(server.mcpUrl, { authProvider })
    const result = await client.callTool(plain.call)
    assert.notEqual(result.isError, true)
    assert.notEqual((await client.callTool(further.call)).isError, true)
    tokens.push(authProvider.tokens()?.access_token ?? '')
  })
})

describe('the keys of the authorization server', () => {
  it('may be rotated: tokens by the new one are served without a restart, by the old one no more', async () => {
    const old = await newToken(plain.scope)
    assert.equal(await statusOf(old), 200)
    await as.rotate()
    const fresh = await newToken(plain.scope)
    await becomes(200, () => statusOf(fresh))
    assert.equal(await statusOf(old), 401)
  })

  it('are read no more often because somebody asks for keys that do not exist', async () => {
    const before = as.requests.length
    for (let n = 0; n < 20; n++)
      assert.equal(await statusOf(await as.forge(as.claims(resource), { kid: `made-up-${n}` })), 401)
    assert.ok(as.requests.length - before <= 4, `${as.requests.slice(before)}`)
  })

  it('go on working while it is away; what cannot be known then is 503, not 401', async () => {
    const known = await newToken(plain.scope)
    assert.equal(await statusOf(known), 200)
    await as.stop()
    const unknown = await as.forge(as.claims(resource), { kid: 'published-while-away' })
    await becomes(503, () => statusOf(unknown))
    assert.equal(await statusOf(known), 200)
    const answer = await postModern(server.mcpUrl, 'tools/list', {}, bearer(unknown))
    assert.equal(answer.headers.get('retry-after'), '5')
    assert.equal(answer.headers.get('www-authenticate'), null)

    const late = await startServer({ ...stack.env, OAUTH_AUDIENCE: resource })
    assert.equal(await statusOf(known, late), 503)
    await as.start()
    await becomes(200, () => statusOf(known, late))
    await becomes(401, () => statusOf(unknown))
  })

  it('may be named by their address instead of being discovered', async () => {
    const named = await startServer({
      ...stack.env,
      OAUTH_AUDIENCE: resource,
      OAUTH_JWKS_URL: `${as.issuer}/jwks`,
    })
    const before = as.requests.length
    assert.equal(await statusOf(await newToken(plain.scope), named), 200)
    assert.deepEqual(
      as.requests.slice(before).filter((path) => path !== '/token'),
      ['/jwks'],
    )
  })

  it('of somebody else are not taken, even if the metadata point to them', async () => {
    const other = await startServer({
      ...stack.env,
      OAUTH_AUDIENCE: resource,
      OAUTH_ISSUER: `${as.issuer}/tenant`,
    })
    assert.equal(await statusOf(await newToken(plain.scope), other), 503)
    await other.line(({ message }) => message === 'failed to fetch the authorization server signing keys')
  })
})

describe('what the server has written', () => {
  it('holds no token', async () => {
    const written = JSON.stringify([server.lines, (await scrape(server.url)).text])
    assert.ok(tokens.length > 20)
    for (const token of tokens) {
      const signature = token.split('.').at(-1) ?? ''
      if (signature.length > 20) assert.ok(!written.includes(signature))
      assert.ok(!written.includes(token))
    }
  })
})
