import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTVerifyGetKey } from 'jose'
import { apiKeyId, generateApiKey, hashApiKey } from '../../../src/auth/api-key/api-key.ts'
import { createApiKeyAuthenticator } from '../../../src/auth/api-key/authenticator.ts'
import { expiryOf } from '../../../src/auth/api-key/lifetime.ts'
import type { ApiKeyStore } from '../../../src/auth/api-key/store.ts'
import { InvalidCredential } from '../../../src/auth/authenticator.ts'
import { callerId } from '../../../src/auth/caller.ts'
import { createChallenge } from '../../../src/auth/challenge.ts'
import { metadataUrls } from '../../../src/auth/oauth/authorization-server.ts'
import { createSigningKeys } from '../../../src/auth/oauth/signing-keys.ts'
import { parseApiKeyCommand, UsageError } from '../../../src/commands/api-key-arguments.ts'
import { createShortCache } from '../../../src/lib/short-cache.ts'
import { silentLogger } from '../../support/logger.ts'

describe('a generated key', () => {
  it('is found by its public id, never seen twice, and long enough that nobody guesses it', () => {
    const keys = Array.from({ length: 1_000 }, generateApiKey)
    for (const { id, key } of keys) assert.equal(apiKeyId(key), id)
    assert.equal(new Set(keys.map(({ key }) => key)).size, 1_000)
    const [, , ...secret] = keys[0]?.key.split('_') ?? []
    assert.equal(Buffer.from(secret.join('_'), 'base64url').length, 32)
  })

  it('is told from everything else', () => {
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

describe('the id of a caller', () => {
  it('is the same for the same identity, another for any other, and does not hold it', () => {
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

describe('the API key authenticator', () => {
  const { id, key } = generateApiKey()
  const good = {
    id,
    name: 'a test',
    hash: hashApiKey(key),
    scopes: ['a', 'b'],
    createdAt: new Date(),
    expiresAt: null,
    revokedAt: null,
  }
  function setUp(found: Awaited<ReturnType<ApiKeyStore['find']>>, options = { ttlMs: 9_000, maxEntries: 2 }) {
    const store = { lookups: 0, found, error: undefined as Error | undefined }
    const find = async () => {
      store.lookups++
      if (store.error) throw store.error
      return store.found
    }
    return { store, authenticator: createApiKeyAuthenticator({ find }, options) }
  }

  it('knows the caller and what he may do', async () => {
    const { authenticator } = setUp(good)
    assert.deepEqual(await authenticator.authenticate(key), {
      id: callerId('key', id),
      scopes: new Set(['a', 'b']),
    })
  })

  it('looks once for many requests, and again after a moment: a revoked key works no longer', async (test) => {
    let nowMs = 0
    test.mock.method(performance, 'now', () => nowMs)
    const { store, authenticator } = setUp(good)
    await Promise.all(Array.from({ length: 50 }, () => authenticator.authenticate(key)))
    assert.equal(store.lookups, 1)
    store.found = { ...good, revokedAt: new Date() }
    nowMs += 8_999
    await authenticator.authenticate(key)
    nowMs += 1
    await assert.rejects(authenticator.authenticate(key), InvalidCredential)
    assert.equal(store.lookups, 2)
  })

  it('looks once for a key that does not exist, and never for what can be none', async () => {
    const { store, authenticator } = setUp(undefined)
    for (let n = 0; n < 5; n++) await assert.rejects(authenticator.authenticate(key), InvalidCredential)
    await assert.rejects(authenticator.authenticate('hunter2'), InvalidCredential)
    assert.equal(store.lookups, 1)
  })

  it('refuses a key that ends while it is remembered', async (test) => {
    test.mock.timers.enable({ apis: ['Date'] })
    const { authenticator } = setUp(
      { ...good, expiresAt: new Date(Date.now() + 50) },
      { ttlMs: 9_000, maxEntries: 2 },
    )
    await authenticator.authenticate(key)
    test.mock.timers.tick(50)
    await assert.rejects(authenticator.authenticate(key), InvalidCredential)
  })

  it('answers all wrong keys alike, and says nothing of them', async () => {
    const other = `mcp_${id}_${'A'.repeat(43)}`
    const messages = await Promise.all(
      [
        [undefined, key],
        [good, other],
        [{ ...good, revokedAt: new Date() }, key],
        [{ ...good, expiresAt: new Date(0) }, key],
      ].map(([found, credential]) =>
        setUp(found as typeof good)
          .authenticator.authenticate(credential as string)
          .catch((error: Error) => error.message),
      ),
    )
    assert.equal(new Set(messages).size, 1)
    assert.ok(!String(messages[0]).includes(id))
  })

  it('does not take a store that is away for a wrong key, and asks again at once', async () => {
    const { store, authenticator } = setUp(good)
    store.error = new Error('away')
    await assert.rejects(authenticator.authenticate(key), /^Error: away$/)
    store.error = undefined
    await authenticator.authenticate(key)
  })
})

describe('the short cache', () => {
  it('forgets the oldest when it is full', async () => {
    const cache = createShortCache<string>({ ttlMs: 9_000, maxEntries: 2 })
    const asked: string[] = []
    for (const name of ['a', 'b', 'c', 'c', 'b', 'a']) {
      await cache.get(name, async () => {
        asked.push(name)
        return name
      })
    }
    assert.deepEqual(asked, ['a', 'b', 'c', 'a'])
  })
})

describe('the signing keys', () => {
  /** @returns a function that moves the clock, which then stands still between its calls */
  function stopClock({ mock }: TestContext): (ms: number) => void {
    let nowMs = performance.now()
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
    const server = { reads: 0, published: [first ?? {}], isAway: false }
    const keys = createSigningKeys({
      fetchKeys: async () => {
        server.reads++
        if (server.isAway) throw new Error('away')
        return createLocalJWKSet({ keys: server.published as never }) as JWTVerifyGetKey
      },
      logger: silentLogger,
      timing: { refreshMs: 10_000, maxAgeMs: 20_000, cooldownMs: 50, ...timing },
    })
    const find = async (kid: string) => keys({ alg: 'ES256', kid }, {} as never)
    return { server, find, second }
  }

  it('are read once, whoever asks, and again for one that is new', async (t) => {
    const advance = stopClock(t)
    const { server, find, second } = await setUp()
    await Promise.all([find('first'), find('first'), find('first')])
    assert.equal(server.reads, 1)
    server.published = [second ?? {}]
    advance(60)
    await find('second')
    await assert.rejects(find('first'), { code: 'ERR_JWKS_NO_MATCHING_KEY' })
    assert.equal(server.reads, 2)
  })

  it('are not read again and again for one that does not exist, or while nobody answers', async () => {
    const { server, find } = await setUp({ cooldownMs: 9_000 })
    for (let n = 0; n < 10; n++)
      await assert.rejects(find(`made-up-${n}`), { code: 'ERR_JWKS_NO_MATCHING_KEY' })
    assert.equal(server.reads, 1)
    const away = await setUp({ cooldownMs: 9_000 })
    away.server.isAway = true
    for (let n = 0; n < 10; n++) await assert.rejects(away.find('first'), /^Error: away$/)
    assert.equal(away.server.reads, 1)
  })

  it('are refreshed beside the requests, go on while nobody answers, but not for ever', async (t) => {
    const advance = stopClock(t)
    const { server, find } = await setUp({ refreshMs: 60, maxAgeMs: 250, cooldownMs: 10 })
    await find('first')
    server.isAway = true
    advance(80)
    await find('first')
    await find('first')
    assert.ok(server.reads >= 2)
    advance(250)
    await assert.rejects(find('first'), /^Error: away$/)
    server.isAway = false
    advance(20)
    await find('first')
  })
})

describe('the metadata of an authorization server', () => {
  it('are looked for where the specifications put them', () => {
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

describe('a challenge', () => {
  it('can be no other header, whatever is put into it', () => {
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

describe('the arguments of the key program', () => {
  const parse = (...args: string[]) => parseApiKeyCommand(args, ['a:read', 'a:write'])

  it('say what to do', () => {
    assert.deepEqual(parse('list'), { name: 'list' })
    assert.deepEqual(parse('create', 'CI of the shop', '--scopes', 'a:read, a:write,a:read'), {
      name: 'create',
      keyName: 'CI of the shop',
      scopes: ['a:read', 'a:write'],
      expiresAt: null,
    })
    const { id, key } = generateApiKey()
    assert.deepEqual(parse('revoke', id), { name: 'revoke', id })
    assert.deepEqual(parse('revoke', key), { name: 'revoke', id })
  })

  it('are refused where they can not be meant so', () => {
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

  it('give a lifetime with its unit', () => {
    const now = new Date(0)
    assert.deepEqual(
      ['45s', '30m', '12h', '90d', '3650d'].map((lifetime) => expiryOf(lifetime, now)?.getTime()),
      [45_000, 1_800_000, 43_200_000, 7_776_000_000, 315_360_000_000],
    )
    for (const lifetime of ['', '0d', '-1d', '1', 'd', '1w', '1.5d', '1 d', '3651d', '99999999999s'])
      assert.equal(expiryOf(lifetime, now), undefined, lifetime)
  })
})
