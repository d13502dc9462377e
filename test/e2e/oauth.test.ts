import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { before, describe, it } from 'node:test'
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
import { until } from '../support/until.ts'

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

const revisions = ['2026-07-28', '2025-11-25'] as const
const send = { '2026-07-28': postModern, '2025-11-25': postLegacy }
const readingScopes = scopes('reading').join(' ')
/** Needs a scope that a token with the scope of `plain` lacks. */
const stepUp = writeCall ?? other

async function newToken(scope: string): Promise<string> {
  const token = await as.token({ resource, scope })
  tokens.push(token)
  return token
}

const statusOf = async (token: string, at = server) =>
  (await postModern(at.mcpUrl, 'tools/call', plain.call, bearer(token))).status

describe('protected resource metadata', () => {
  it('names the authorization server at both well-known paths, readable from any origin', async () => {
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
      assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /\*$/)
    }
  })

  it('answers 404 when AUTH_MODE is not oauth', async () => {
    const { server: open } = await sharedStack()
    assert.equal((await fetch(`${open.url}/.well-known/oauth-protected-resource`)).status, 404)
  })
})

for (const revision of revisions) {
  describe(`OAuth authentication of a ${revision} request`, () => {
    const call = (token: string, params: Record<string, unknown> = plain.call, headers = {}) =>
      send[revision](server.mcpUrl, 'tools/call', params, { ...bearer(token), ...headers })

    it('rejects a request without a token with 401 and the metadata URL in WWW-Authenticate', async () => {
      const answer = await send[revision](server.mcpUrl, 'tools/call', plain.call)
      assert.equal(answer.status, 401)
      assert.equal(
        answer.headers.get('www-authenticate'),
        `Bearer realm="mcp", resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp", scope="${readingScopes}"`,
      )
      assert.equal(answer.message.jsonrpc, '2.0')
    })

    it('accepts a token of the authorization server and logs the caller as a hash', async () => {
      const ids: unknown[] = []
      for (const n of [1, 2]) {
        const requestId = `oauth-${revision}-${n}`
        const answer = await call(await newToken(plain.scope), plain.call, {
          'x-request-id': requestId,
        })
        assert.match(answer.text, plain.answer)
        ids.push((await server.line(({ request_id }) => request_id === requestId)).caller)
      }
      const other = await as.forge(as.claims(resource, { sub: 'other-user' }))
      await call(other, plain.call, { 'x-request-id': `other-${revision}` })
      const { caller } = await server.line(({ request_id }) => request_id === `other-${revision}`)
      assert.match(String(ids[0]), /^oauth:[\w-]{16}$/)
      assert.equal(ids[0], ids[1])
      assert.notEqual(ids[0], caller)
      assert.doesNotMatch(JSON.stringify(server.lines), /test-machine|other-user/)
    })

    it('rejects a tool call without its scope with 403 and the scopes to request in WWW-Authenticate', async () => {
      const before = await scrape(server.url)
      const requestId = `step-up-${revision}`
      const answer = await call(await newToken(plain.scope), stepUp.call, { 'x-request-id': requestId })
      assert.equal(answer.status, 403)
      assert.equal(
        answer.headers.get('www-authenticate'),
        `Bearer realm="mcp", resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp", error="insufficient_scope", ` +
          `error_description="This needs the scope '${stepUp.scope}', which your credentials do not have.", scope="${[plain.scope, stepUp.scope].sort().join(' ')}"`,
      )
      assert.equal(answer.message.id, 1)
      const line = await server.line(({ request_id }) => request_id === requestId)
      assert.equal(line.reason, 'insufficient_scope')
      assert.match(String(line.caller), /^oauth:/)
      const labels = { reason: 'insufficient_scope' }
      const name = 'mcp_requests_rejected_total'
      assert.equal((await scrape(server.url)).sum(name, labels) - before.sum(name, labels), 1)
    })

    it('rejects a token in the query string with 400', async () => {
      const token = await newToken(plain.scope)
      const answer = await send[revision](new URL(`?access_token=${token}`, server.mcpUrl), 'tools/list', {})
      assert.equal(answer.status, 400)
    })
  })
}

describe('token validation', () => {
  const epochSeconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow
  const claimsWithout = (...names: string[]): JWTPayload => {
    const claims: Record<string, unknown> = as.claims(resource)
    for (const name of names) delete claims[name]
    return claims
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  /** Key confusion: an HMAC keyed with the public key, which anyone can read. */
  const hmac = (alg: string, secret: string | Buffer) => {
    const signed = `${encode({ alg, kid: as.key().kid, typ: 'at+jwt' })}.${encode(as.claims(resource))}`
    const hash = alg.replace('HS', 'sha')
    return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
  }
  const unsigned = (alg: string) =>
    `${encode({ alg, kid: as.key().kid, typ: 'at+jwt' })}.${encode(as.claims(resource))}.`

  const invalidTokens: Record<string, () => string | Promise<string>> = {
    'an unsigned token (alg none)': () => unsigned('none'),
    'an unsigned token (alg NONE)': () => unsigned('NONE'),
    'an unsigned token (alg RS256)': () => unsigned('RS256'),
    'an HS256 signature keyed with the public key in PEM': async () =>
      hmac('HS256', await exportSPKI(as.key().publicKey)),
    'an HS512 signature keyed with the modulus': () =>
      hmac('HS512', Buffer.from(as.key().jwk.n ?? '', 'base64url')),
    'a signature of another key with the same kid': async () => {
      const { privateKey } = await generateKeyPair('RS256')
      const header = { alg: 'RS256', kid: as.key().kid }
      return new SignJWT(as.claims(resource)).setProtectedHeader(header).sign(privateKey)
    },
    'a key embedded in the header': async () => {
      const { privateKey } = await generateKeyPair('RS256')
      const { n, e, kty } = as.key().jwk
      const header = { alg: 'RS256', jwk: { n, e, kty } as never, jku: `${as.issuer}/jwks` }
      return new SignJWT(as.claims(resource)).setProtectedHeader(header).sign(privateKey)
    },
    'modified claims': async () => {
      const [header, , signature] = (await as.token({ resource, scope: plain.scope })).split('.')
      return `${header}.${encode(as.claims(resource))}.${signature}`
    },
    'an expired token': () => as.forge(as.claims(resource, { exp: epochSeconds(-60) })),
    'a token without exp': () => as.forge(claimsWithout('exp')),
    'a token before its nbf': () => as.forge(as.claims(resource, { nbf: epochSeconds(60) })),
    'another issuer': () => as.forge(as.claims(resource, { iss: 'https://evil.example' })),
    'the issuer with a trailing slash': () => as.forge(as.claims(resource, { iss: `${as.issuer}/` })),
    'a token without iss': () => as.forge(claimsWithout('iss')),
    'another audience': () => as.token({ resource: 'https://other.example/mcp', scope: plain.scope }),
    'a token without aud': () => as.forge(claimsWithout('aud')),
    'a token without sub': () => as.forge(claimsWithout('sub')),
    'a numeric sub': () => as.forge(as.claims(resource, { sub: 7 as never })),
    'a sender-constrained token (cnf)': () => as.forge(as.claims(resource, { cnf: { jkt: 'x' } })),
    'a JWT without a signature or claims': () => 'eyJhbGciOiJSUzI1NiJ9.e30.',
    'a credential that is not a JWT': () => 'mcp_0123456789ab',
  }
  for (const [flaw, create] of Object.entries(invalidTokens)) {
    it(`rejects ${flaw} with 401 invalid_token`, async () => {
      const token = await create()
      tokens.push(token)
      for (const revision of revisions) {
        const answer = await send[revision](server.mcpUrl, 'tools/call', plain.call, bearer(token))
        assert.equal(answer.status, 401)
        const challenge = answer.headers.get('www-authenticate') ?? ''
        assert.match(challenge, /error="invalid_token", error_description="The token/)
        assert.match(challenge, /resource_metadata="http/)
        assert.ok(!answer.text.includes(token))
      }
    })
  }

  const forgeTyped = (typ: string) => as.forge(as.claims(resource), { typ })

  it('accepts the types of access tokens and no type, in any case', async () => {
    for (const typ of ['at+jwt', 'application/at+jwt', 'AT+JWT', 'JWT', 'jwt', 'application/jwt'])
      assert.equal(await statusOf(await forgeTyped(typ)), 200, typ)
    const header = { alg: 'RS256', kid: as.key().kid }
    const untyped = await new SignJWT(as.claims(resource))
      .setProtectedHeader(header)
      .sign(as.key().privateKey)
    assert.equal(await statusOf(untyped), 200)
  })

  const otherTypes = ['dpop+jwt', 'logout+jwt', 'id_token+jwt', 'secevent+jwt', 'token-introspection+jwt', '']
  for (const typ of otherTypes) {
    it(`rejects a token of the type "${typ}" with 401`, async () => {
      const answer = await postModern(server.mcpUrl, 'tools/list', {}, bearer(await forgeTyped(typ)))
      assert.equal(answer.status, 401)
      assert.match(answer.message.error.message, /typ must be at\+jwt or JWT/)
    })
  }

  it('accepts only at+jwt with OAUTH_REQUIRE_AT_JWT=true', async () => {
    const strict = await startServer({
      ...stack.env,
      OAUTH_AUDIENCE: resource,
      OAUTH_REQUIRE_AT_JWT: 'true',
    })
    assert.equal(await statusOf(await forgeTyped('at+jwt'), strict), 200)
    assert.equal(await statusOf(await forgeTyped('JWT'), strict), 401)
    const header = { alg: 'RS256', kid: as.key().kid }
    const untyped = await new SignJWT(as.claims(resource))
      .setProtectedHeader(header)
      .sign(as.key().privateKey)
    assert.equal(await statusOf(untyped, strict), 401)
  })

  it('accepts clock skew, several audiences and scopes in the scp claim', async () => {
    for (const claims of [
      as.claims(resource),
      as.claims(resource, { exp: epochSeconds(-4) }),
      as.claims(resource, { nbf: epochSeconds(4) }),
      as.claims(resource, { aud: ['https://other.example', resource] }),
      { ...claimsWithout('scope'), scp: [plain.scope] },
      { ...claimsWithout('scope'), scp: `${other.scope} ${plain.scope}` },
    ])
      assert.equal(await statusOf(await as.forge(claims)), 200, JSON.stringify(claims))
    assert.equal(await statusOf(await as.forge(claimsWithout('scope'))), 403)
  })
})

describe('tools/list', () => {
  it('lists only the tools that the scopes of the token allow', async () => {
    const listed = async (scope: string) => {
      const requestInit = { headers: bearer(await newToken(scope)) }
      const client = await connectModern(server.mcpUrl, { requestInit })
      return (await client.listTools()).tools.map(({ name }) => name)
    }
    for (const { scope, call } of [plain, stepUp]) {
      const names = await listed(scope)
      assert.deepEqual(
        names,
        catalog.tools.filter(({ scopes }) => scopes.every((each) => each === scope)).map(({ name }) => name),
      )
      assert.ok(names.includes(call.name))
    }
    const both = await listed(`${plain.scope} ${stepUp.scope}`)
    for (const { call } of [plain, stepUp]) assert.ok(both.includes(call.name))
    assert.deepEqual(await listed(''), [])
  })
})

describe('an SDK client', () => {
  const credentials = () => ({ clientId: as.clientId, clientSecret: as.clientSecret })

  for (const [revision, connect] of [
    ['2026-07-28', connectModern],
    ['2025-11-25', connectLegacy],
  ] as const) {
    const andStepsUp = writeCall ? ' and steps up when a tool requires more scopes' : ''
    it(`discovers the authorization server, gets a token${andStepsUp}, revision ${revision}`, async () => {
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

  it('gets a token with its configured scopes when it is SDK v1', async () => {
    // In this grant SDK v1 ignores the scopes of a challenge.
    const scope = `${plain.scope} ${stepUp.scope}`
    const authProvider = new ProviderV1({ ...credentials(), expectedIssuer: as.issuer, scope })
    const client = await connectV1(server.mcpUrl, { authProvider })
    const result = await client.callTool(plain.call)
    assert.notEqual(result.isError, true)
    assert.notEqual((await client.callTool(stepUp.call)).isError, true)
    tokens.push(authProvider.tokens()?.access_token ?? '')
  })
})

describe('signing keys of the authorization server', () => {
  it('accepts tokens of a rotated key without a restart and rejects those of the old key', async () => {
    const old = await newToken(plain.scope)
    assert.equal(await statusOf(old), 200)
    await as.rotate()
    const fresh = await newToken(plain.scope)
    await until(async () => (await statusOf(fresh)) === 200, { everyMs: 100 })
    assert.equal(await statusOf(old), 401)
  })

  it('bounds JWKS requests when tokens name unknown keys', async () => {
    const before = as.requests.length
    for (let n = 0; n < 20; n++)
      assert.equal(await statusOf(await as.forge(as.claims(resource), { kid: `made-up-${n}` })), 401)
    assert.ok(as.requests.length - before <= 4, `${as.requests.slice(before)}`)
  })

  it('keeps accepting known keys during an outage and answers 503, not 401, for unknown ones', async () => {
    const known = await newToken(plain.scope)
    assert.equal(await statusOf(known), 200)
    await as.stop()
    const unknown = await as.forge(as.claims(resource), { kid: 'published-during-outage' })
    await until(async () => (await statusOf(unknown)) === 503, { everyMs: 100 })
    assert.equal(await statusOf(known), 200)
    const answer = await postModern(server.mcpUrl, 'tools/list', {}, bearer(unknown))
    assert.equal(answer.headers.get('retry-after'), '5')
    assert.equal(answer.headers.get('www-authenticate'), null)

    const late = await startServer({ ...stack.env, OAUTH_AUDIENCE: resource })
    assert.equal(await statusOf(known, late), 503)
    await as.start()
    await until(async () => (await statusOf(known, late)) === 200, { everyMs: 100 })
    await until(async () => (await statusOf(unknown)) === 401, { everyMs: 100 })
  })

  it('fetches only OAUTH_JWKS_URL when it is set, without discovery', async () => {
    const configured = await startServer({
      ...stack.env,
      OAUTH_AUDIENCE: resource,
      OAUTH_JWKS_URL: `${as.issuer}/jwks`,
    })
    const before = as.requests.length
    assert.equal(await statusOf(await newToken(plain.scope), configured), 200)
    assert.deepEqual(
      as.requests.slice(before).filter((path) => path !== '/token'),
      ['/jwks'],
    )
  })
})

describe('log and metrics', () => {
  it('contain no token and no signature of one', async () => {
    const written = JSON.stringify([server.lines, (await scrape(server.url)).text])
    assert.ok(tokens.length > 20)
    for (const token of tokens) {
      const signature = token.split('.').at(-1) ?? ''
      if (signature.length > 20) assert.ok(!written.includes(signature))
      assert.ok(!written.includes(token))
    }
  })
})
