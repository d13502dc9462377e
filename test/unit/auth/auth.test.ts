import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { inspect } from 'node:util'
import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  type JWTVerifyGetKey,
  SignJWT,
} from 'jose'
import { apiKeyId, generateApiKey, hashApiKey } from '../../../src/auth/api-key/api-key.ts'
import { createApiKeyAuthenticator } from '../../../src/auth/api-key/authenticator.ts'
import { expiryOf } from '../../../src/auth/api-key/lifetime.ts'
import type { ApiKeyStore } from '../../../src/auth/api-key/store.ts'
import { InvalidCredential } from '../../../src/auth/authenticator.ts'
import { callerId } from '../../../src/auth/caller.ts'
import { createChallenge } from '../../../src/auth/challenge.ts'
import { createOAuthAuthenticator } from '../../../src/auth/oauth/authenticator.ts'
import { fetchSigningKeys, metadataUrls } from '../../../src/auth/oauth/authorization-server.ts'
import { createSigningKeys } from '../../../src/auth/oauth/signing-keys.ts'
import { parseApiKeyCommand, UsageError } from '../../../src/commands/api-key-arguments.ts'
import { createShortCache } from '../../../src/lib/short-cache.ts'
import { afterFile } from '../../support/cleanup.ts'
import { recordingLogger, silentLogger } from '../../support/logger.ts'

describe('generateApiKey', () => {
  it('generates unique keys with a public id and a 256-bit secret', () => {
    const keys = Array.from({ length: 1_000 }, generateApiKey)
    for (const { id, key } of keys) assert.equal(apiKeyId(key), id)
    assert.equal(new Set(keys.map(({ key }) => key)).size, 1_000)
    const [, , ...secret] = keys[0]?.key.split('_') ?? []
    assert.equal(Buffer.from(secret.join('_'), 'base64url').length, 32)
  })
})

describe('apiKeyId', () => {
  it('rejects text that is not exactly an API key', () => {
    const { key } = generateApiKey()
    for (const text of [
      '',
      'mcp_',
      key.slice(1),
      ` ${key}`,
      `${key}\n`,
      key.replace('mcp', 'MCP'),
      `${key}=`,
    ])
      assert.equal(apiKeyId(text), undefined, text)
  })
})

describe('callerId', () => {
  it('is stable per identity, unique across identities, and does not contain the identity', () => {
    assert.equal(callerId('oauth', 'https://as', 'alice'), callerId('oauth', 'https://as', 'alice'))
    const ids = [
      callerId('oauth', 'https://as', 'alice'),
      callerId('oauth', 'https://as', 'bob'),
      callerId('oauth', 'https://asa', 'lice'),
      callerId('key', 'https://as', 'alice'),
    ]
    assert.equal(new Set(ids).size, 4)
    for (const id of ids) assert.doesNotMatch(id, /alice|bob/)
  })
})

describe('createApiKeyAuthenticator', () => {
  const { id, key } = generateApiKey()
  const validKey = {
    id,
    name: 'a test',
    hash: hashApiKey(key),
    scopes: ['a', 'b'],
    createdAt: new Date(),
    expiresAt: null,
    revokedAt: null,
  }
  function setUp(found: Awaited<ReturnType<ApiKeyStore['find']>>, options = { ttlMs: 9_000, maxEntries: 2 }) {
    const store = { queries: 0, found, error: undefined as Error | undefined }
    const find = async () => {
      store.queries++
      if (store.error) throw store.error
      return store.found
    }
    return { store, authenticator: createApiKeyAuthenticator({ find }, options) }
  }

  it('returns the id and the scopes of the caller', async () => {
    const { authenticator } = setUp(validKey)
    assert.deepEqual(await authenticator.authenticate(key), {
      id: callerId('key', id),
      scopes: new Set(['a', 'b']),
    })
  })

  it('queries the store once for concurrent requests and rejects a revoked key after the TTL', async (test) => {
    let nowMs = 0
    test.mock.method(performance, 'now', () => nowMs)
    const { store, authenticator } = setUp(validKey)
    await Promise.all(Array.from({ length: 50 }, () => authenticator.authenticate(key)))
    assert.equal(store.queries, 1)
    store.found = { ...validKey, revokedAt: new Date() }
    nowMs += 8_999
    await authenticator.authenticate(key)
    nowMs += 1
    await assert.rejects(authenticator.authenticate(key), InvalidCredential)
    assert.equal(store.queries, 2)
  })

  it('queries an unknown key once and a malformed key never', async () => {
    const { store, authenticator } = setUp(undefined)
    for (let n = 0; n < 5; n++) await assert.rejects(authenticator.authenticate(key), InvalidCredential)
    await assert.rejects(authenticator.authenticate('hunter2'), InvalidCredential)
    assert.equal(store.queries, 1)
  })

  it('rejects a cached key that has expired', async (test) => {
    test.mock.timers.enable({ apis: ['Date'] })
    const { authenticator } = setUp(
      { ...validKey, expiresAt: new Date(Date.now() + 50) },
      { ttlMs: 9_000, maxEntries: 2 },
    )
    await authenticator.authenticate(key)
    test.mock.timers.tick(50)
    await assert.rejects(authenticator.authenticate(key), InvalidCredential)
  })

  it('rejects all invalid keys with one message that does not contain the key id', async () => {
    const other = `mcp_${id}_${'A'.repeat(43)}`
    const messages = await Promise.all(
      [
        [undefined, key],
        [validKey, other],
        [{ ...validKey, revokedAt: new Date() }, key],
        [{ ...validKey, expiresAt: new Date(0) }, key],
      ].map(([found, credential]) =>
        setUp(found as typeof validKey)
          .authenticator.authenticate(credential as string)
          .catch((error: Error) => error.message),
      ),
    )
    assert.equal(new Set(messages).size, 1)
    assert.ok(!String(messages[0]).includes(id))
  })

  it('rethrows a store failure and retries on the next request', async () => {
    const { store, authenticator } = setUp(validKey)
    store.error = new Error('unavailable')
    await assert.rejects(authenticator.authenticate(key), /^Error: unavailable$/)
    store.error = undefined
    await authenticator.authenticate(key)
  })

  it('aborts a query of the store after 2 s', async ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout'] })
    let signal: AbortSignal | undefined
    const { authenticate } = createApiKeyAuthenticator({
      find(_id, options) {
        signal = options?.signal
        return new Promise(() => {})
      },
    })
    const authenticated = authenticate(key)
    mock.timers.tick(1_999)
    assert.equal(signal?.aborted, false)
    mock.timers.tick(1)
    assert.equal(signal?.aborted, true)
    await assert.rejects(authenticated, { code: 'timeout' })
  })
})

describe('createShortCache', () => {
  it('evicts the oldest entry when it is full', async () => {
    const cache = createShortCache<string>({ ttlMs: 9_000, maxEntries: 2 })
    const loaded: string[] = []
    for (const name of ['a', 'b', 'c', 'c', 'b', 'a']) {
      await cache.get(name, async () => {
        loaded.push(name)
        return name
      })
    }
    assert.deepEqual(loaded, ['a', 'b', 'c', 'a'])
  })
})

describe('createSigningKeys', () => {
  /** @returns a function that advances the stopped clock */
  function stopClock({ mock }: TestContext): (ms: number) => void {
    let nowMs = 0
    mock.method(performance, 'now', () => nowMs)
    return (ms) => {
      nowMs += ms
    }
  }

  async function setUp(timing = {}) {
    const [first, second] = await Promise.all(
      ['first', 'second'].map(async (kid) => ({
        ...(await exportJWK((await generateKeyPair('ES256')).publicKey)),
        kid,
        alg: 'ES256',
      })),
    )
    const server = { fetches: 0, published: [first ?? {}], fails: false }
    const keys = createSigningKeys({
      fetchKeys: async () => {
        server.fetches++
        if (server.fails) throw new Error('unavailable')
        return createLocalJWKSet({ keys: server.published as never }) as JWTVerifyGetKey
      },
      logger: silentLogger,
      timing: { refreshMs: 10_000, maxAgeMs: 20_000, cooldownMs: 50, ...timing },
    })
    const find = async (kid: string) => keys({ alg: 'ES256', kid }, {} as never)
    return { server, find, second }
  }

  it('fetches the key set once for concurrent requests and again for a new kid', async (t) => {
    const advance = stopClock(t)
    const { server, find, second } = await setUp()
    await Promise.all([find('first'), find('first'), find('first')])
    assert.equal(server.fetches, 1)
    server.published = [second ?? {}]
    advance(60)
    await find('second')
    await assert.rejects(find('first'), { code: 'ERR_JWKS_NO_MATCHING_KEY' })
    assert.equal(server.fetches, 2)
  })

  it('does not refetch within the cool-down after an unknown kid or a failed fetch', async () => {
    const { server, find } = await setUp({ cooldownMs: 9_000 })
    for (let n = 0; n < 10; n++)
      await assert.rejects(find(`unknown-${n}`), { code: 'ERR_JWKS_NO_MATCHING_KEY' })
    assert.equal(server.fetches, 1)
    const failing = await setUp({ cooldownMs: 9_000 })
    failing.server.fails = true
    for (let n = 0; n < 10; n++) await assert.rejects(failing.find('first'), /^Error: unavailable$/)
    assert.equal(failing.server.fetches, 1)
  })

  it('refreshes in the background and serves stale keys until maxAgeMs while fetches fail', async (t) => {
    const advance = stopClock(t)
    const { server, find } = await setUp({ refreshMs: 60, maxAgeMs: 250, cooldownMs: 10 })
    await find('first')
    server.fails = true
    advance(80)
    await find('first')
    await find('first')
    assert.ok(server.fetches >= 2)
    advance(250)
    await assert.rejects(find('first'), /^Error: unavailable$/)
    server.fails = false
    advance(20)
    await find('first')
  })

  it('by default fetches at most every 5 s, refreshes after 5 min and trusts keys for 1 h', async (t) => {
    const advance = stopClock(t)
    const { logger, lines } = recordingLogger()
    const server = { fetches: 0, fails: false }
    const published: JWTVerifyGetKey = async ({ kid }) => {
      if (kid !== 'first') throw new errors.JWKSNoMatchingKey()
      return {} as never
    }
    const keys = createSigningKeys({
      fetchKeys: async () => {
        server.fetches++
        if (server.fails) throw new Error('unavailable')
        return published
      },
      logger,
    })
    const find = async (kid: string) => keys({ alg: 'ES256', kid }, {} as never)
    async function findUnknown(expectedFetches: number): Promise<void> {
      await assert.rejects(find('unknown'), { code: 'ERR_JWKS_NO_MATCHING_KEY' })
      assert.equal(server.fetches, expectedFetches)
    }
    async function findFirst(expectedFetches: number): Promise<void> {
      await find('first')
      assert.equal(server.fetches, expectedFetches)
      // The refresh is in the background.
      await nextTurn()
    }
    await findFirst(1)
    advance(4_999)
    await findUnknown(1)
    advance(1)
    await findUnknown(2)
    advance(300_000)
    await findFirst(2)
    advance(1)
    await findFirst(3)
    server.fails = true
    advance(3_600_000)
    for (let times = 0; times < 3; times++) await findFirst(4)
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [['warn', 'failed to fetch the authorization server signing keys']],
    )
    advance(1)
    await assert.rejects(find('first'), /^Error: unavailable$/)
  })
})

describe('createOAuthAuthenticator', () => {
  it('tries every key for a token without a key id', async () => {
    const pairs = await Promise.all([1, 2, 3].map(() => generateKeyPair('ES256')))
    const published = await Promise.all(pairs.slice(0, 2).map(({ publicKey }) => exportJWK(publicKey)))
    const [issuer, audience] = ['https://as.example', 'https://mcp.example/mcp']
    const keys = createLocalJWKSet({ keys: published.map((key, n) => ({ ...key, kid: `key-${n}` })) })
    const authenticator = createOAuthAuthenticator({ issuer, audience, keys, requireAtJwt: true })
    const authenticate = async (n: number, claims = {}) =>
      authenticator.authenticate(
        await new SignJWT({ iss: issuer, aud: audience, sub: 'someone', scope: 'a', ...claims })
          .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
          .setExpirationTime('1m')
          .sign(pairs[n]?.privateKey as CryptoKey),
      )
    for (const n of [0, 1]) assert.deepEqual((await authenticate(n)).scopes, new Set(['a']))
    await assert.rejects(authenticate(2), InvalidCredential)
    await assert.rejects(authenticate(1, { aud: 'other' }), /claim aud/)
  })

  it('accepts RS, PS and ES with 256, 384 and 512, and EdDSA', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const ed25519 = generateKeyPairSync('ed25519')
    const pairs = {
      ...{ RS256: rsa, RS384: rsa, RS512: rsa, PS256: rsa, PS384: rsa, PS512: rsa },
      ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
      ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
      ...{ EdDSA: ed25519, Ed25519: ed25519 },
    }
    const [issuer, audience] = ['https://as.example', 'https://mcp.example/mcp']
    for (const [alg, { publicKey, privateKey }] of Object.entries(pairs)) {
      const keys = createLocalJWKSet({ keys: [publicKey.export({ format: 'jwk' })] as never })
      const authenticator = createOAuthAuthenticator({ issuer, audience, keys, requireAtJwt: true })
      const token = await new SignJWT({ iss: issuer, aud: audience, sub: 'someone', scope: 'a' })
        .setProtectedHeader({ alg, typ: 'at+jwt' })
        .setExpirationTime('1m')
        .sign(privateKey)
      assert.deepEqual((await authenticator.authenticate(token)).scopes, new Set(['a']), alg)
    }
  })
})

describe('metadataUrls', () => {
  it('lists the well-known URLs of RFC 8414 and OpenID Connect Discovery', () => {
    assert.deepEqual(metadataUrls('https://as.example'), [
      'https://as.example/.well-known/oauth-authorization-server',
      'https://as.example/.well-known/openid-configuration',
    ])
    assert.deepEqual(metadataUrls('https://as.example/tenant/'), [
      'https://as.example/.well-known/oauth-authorization-server/tenant',
      'https://as.example/.well-known/openid-configuration/tenant',
      'https://as.example/tenant/.well-known/openid-configuration',
    ])
  })
})

describe('fetchSigningKeys', () => {
  const [first, second] = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']
  const metadataOf = (issuer: string) => JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` })

  /** Starts an authorization server with its metadata at `/moved`, and the given answer at the first well-known URL. */
  async function serve(answer: (res: ServerResponse, issuer: string) => void) {
    const requests: string[] = []
    const server = createServer(({ url = '' }, res) => {
      requests.push(url)
      if (url === first) answer(res, issuer)
      else if (url === '/moved') res.end(metadataOf(issuer))
      else if (url === '/jwks') res.end('{"keys":[]}')
      else res.writeHead(404).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    afterFile(() => server.close().closeAllConnections())
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { issuer, requests }
  }

  it('fetches the keys that the metadata of the issuer names', async () => {
    const { issuer, requests } = await serve((res, issuer) => res.end(metadataOf(issuer)))
    await fetchSigningKeys({ issuer })
    assert.deepEqual(requests, [first, '/jwks'])
  })

  const rejected: Record<string, [error: RegExp, answer: (res: ServerResponse, issuer: string) => void]> = {
    'of another issuer': [
      /is not OAUTH_ISSUER/,
      (res, issuer) => res.end(JSON.stringify({ issuer: `${issuer}/tenant`, jwks_uri: `${issuer}/jwks` })),
    ],
    'with a jwks_uri that has neither HTTPS nor a loopback host': [
      /no https jwks_uri/,
      (res, issuer) => res.end(JSON.stringify({ issuer, jwks_uri: 'http://192.0.2.1/jwks' })),
    ],
    'that is redirected': [/unexpected redirect/, (res) => res.writeHead(302, { location: '/moved' }).end()],
    'of more than 1 MB': [
      /exceeds 1000000 bytes/,
      (res, issuer) => res.end(metadataOf(issuer).padEnd(1_000_001)),
    ],
  }
  for (const [name, [error, answer]] of Object.entries(rejected))
    it(`rejects metadata ${name} and fetches no keys`, async () => {
      const { issuer, requests } = await serve(answer)
      await assert.rejects(fetchSigningKeys({ issuer }), (thrown) =>
        error.test(inspect(thrown, { depth: 6 })),
      )
      assert.deepEqual(requests, [first, second])
    })
})

describe('createChallenge', () => {
  it('replaces characters that could inject another header', () => {
    const challenge = createChallenge('https://mcp.example/metadata')
    const description = 'needs "x"\\ \r\nset-cookie: a=ä'
    assert.equal(
      challenge({ error: 'invalid_token', description, scopes: ['a:read', 'b'] }),
      'Bearer realm="mcp", resource_metadata="https://mcp.example/metadata", error="invalid_token", ' +
        'error_description="needs \'x\'\' ??set-cookie: a=?", scope="a:read b"',
    )
    assert.equal(createChallenge()({}), 'Bearer realm="mcp"')
  })
})

describe('parseApiKeyCommand', () => {
  const parse = (...args: string[]) => parseApiKeyCommand(args, ['a:read', 'a:write'])

  it('parses list, create and revoke', (test) => {
    test.mock.timers.enable({ apis: ['Date'] })
    assert.deepEqual(parse('list'), { name: 'list' })
    assert.deepEqual(parse('create', 'CI pipeline', '--scopes', 'a:read, a:write,a:read'), {
      name: 'create',
      keyName: 'CI pipeline',
      scopes: ['a:read', 'a:write'],
      expiresAt: new Date(90 * 86_400_000),
    })
    const { id, key } = generateApiKey()
    assert.deepEqual(parse('revoke', id), { name: 'revoke', id })
    assert.deepEqual(parse('revoke', key), { name: 'revoke', id })
  })

  it('creates a key without expiry only for `--expires never`', () => {
    const expiryWith = (...options: string[]) => {
      const command = parse('create', 'x', '--scopes', 'a:read', ...options)
      return command.name === 'create' ? command.expiresAt : undefined
    }
    assert.ok(expiryWith() instanceof Date)
    assert.equal(expiryWith('--expires', 'never'), null)
    for (const lifetime of ['', 'Never', '0', 'null'])
      assert.throws(() => expiryWith('--expires', lifetime), UsageError, lifetime)
  })

  it('rejects invalid arguments with a UsageError', () => {
    for (const args of [
      [],
      ['make'],
      ['create', '--scopes', 'a:read'],
      ['create', ' ', '--scopes', 'a:read'],
      ['create', 'red \u001b[31m', '--scopes', 'a:read'],
      ['create', 'x'.repeat(101), '--scopes', 'a:read'],
      ['create', 'x', '--scopes', ','],
      ['create', 'x', '--scopes', 'a:delete'],
      ['create', 'x', 'y', '--scopes', 'a:read'],
      ['list', 'x'],
      ['list', '--scopes', 'a:read'],
      ['revoke'],
      ['revoke', 'x', '--expires', '1d'],
      ['list', '--unknown'],
    ])
      assert.throws(() => parse(...args), UsageError, args.join(' '))
  })
})

describe('expiryOf', () => {
  it('adds a lifetime with a unit and rejects any other text', () => {
    const now = new Date(0)
    assert.deepEqual(
      ['45s', '30m', '12h', '90d', '3650d'].map((lifetime) => expiryOf(lifetime, now)?.getTime()),
      [45_000, 1_800_000, 43_200_000, 7_776_000_000, 315_360_000_000],
    )
    for (const lifetime of ['', '0d', '-1d', '1', 'd', '1w', '1.5d', '1 d', '3651d', '99999999999s'])
      assert.equal(expiryOf(lifetime, now), undefined, lifetime)
  })
})
