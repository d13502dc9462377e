import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { parseApiKeyCommand } from '../../src/commands/api-key-arguments.ts'
import { type CreatedKey, createKey, runApiKeyCommand, storeKey } from '../support/api-keys.ts'
import { connectors } from '../support/clients.ts'
import { bearer, openListen, post, postLegacy, postModern } from '../support/raw.ts'
import {
  cached,
  catalog,
  other,
  plain,
  prompt,
  resource,
  scopes,
  writeCall,
} from '../support/sample-calls.ts'
import { scrape } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { executeSql } from '../support/template-database.ts'
import { until } from '../support/until.ts'

let stack: Stack
let replica: RunningServer
let databaseUrl: string
let readerKey: CreatedKey
let writerKey: CreatedKey
let webKey: CreatedKey
const secrets: string[] = []

async function recordSecret(creating: Promise<CreatedKey>): Promise<CreatedKey> {
  const created = await creating
  secrets.push(created.key.split('_').slice(2).join('_'))
  return created
}
const createStoredKey = (scopes: string) => recordSecret(storeKey(databaseUrl, scopes))

before(async () => {
  stack = await startStack({ AUTH_MODE: 'api-key' })
  databaseUrl = stack.env.DATABASE_URL ?? ''
  replica = await startServer(stack.env)
  readerKey = await createStoredKey(plain.scope)
  writerKey = await createStoredKey([plain.scope, (writeCall ?? other).scope].join())
  webKey = await createStoredKey(other.scope)
})

const revisions = ['2026-07-28', '2025-11-25'] as const
const send = { '2026-07-28': postModern, '2025-11-25': postLegacy }
const readingScopes = scopes('reading').join(' ')

/** Waits for a status, because replicas cache keys for some seconds. */
const untilStatus = (status: number, request: () => Promise<{ status: number }>) =>
  until(async () => (await request()).status === status, { everyMs: 100, timeoutMs: 10_000 })

describe('npm run api-key', () => {
  it('creates keys that expire after 90 days, unless told otherwise, and `list` shows when', async () => {
    const lasting = await recordSecret(createKey(databaseUrl, plain.scope))
    const endless = await recordSecret(createKey(databaseUrl, plain.scope, '--expires', 'never'))
    const { code, stdout, stderr } = await runApiKeyCommand(databaseUrl, 'list')
    assert.equal(code, 0, stderr)
    const expiryOf = ({ id }: CreatedKey) =>
      new RegExp(`^${id}  active  (\\S+)Z  (\\S+)`, 'm').exec(stdout)?.slice(1) ?? assert.fail(stdout)
    const [created = '', expires = ''] = expiryOf(lasting)
    const shorterMs = 90 * 86_400_000 - (Date.parse(expires) - Date.parse(`${created}Z`))
    // Both are shown in whole minutes, and the database sets the first one a moment later.
    assert.ok([0, 60_000].includes(shorterMs), `${shorterMs} ms`)
    assert.equal(expiryOf(endless)[1], 'never')
  })

  it('prints a new key once; neither the table nor `list` contains it', async () => {
    const { key, id } = await recordSecret(
      createKey(databaseUrl, `${plain.scope},${other.scope}`, '--expires', '90d'),
    )
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    const { rows } = await client.query('select * from api_keys where id = $1', [id])
    await client.end()
    assert.deepEqual(rows[0].key_hash, createHash('sha256').update(key).digest())
    assert.deepEqual(rows[0].scopes, [plain.scope, other.scope])
    const days = (rows[0].expires_at - rows[0].created_at) / 86_400_000
    assert.ok(Math.abs(days - 90) < 0.01)
    const { stdout } = await runApiKeyCommand(databaseUrl, 'list')
    assert.match(stdout, new RegExp(`^${id}  active .* ${plain.scope},${other.scope} +a test$`, 'm'))
    for (const secret of secrets) {
      assert.ok(!stdout.includes(secret))
      assert.ok(!JSON.stringify(rows).includes(secret))
    }
  })

  it('exits with 2 and a hint on invalid arguments and on an unreachable database', async () => {
    for (const [args, message] of [
      [['create', 'x'], /--scopes is required: one or more of [a-z]+:read/],
      [['create', 'x', '--scopes', 'things:raed'], /Unknown scope things:raed/],
      [['create', 'x', '--scopes', other.scope, '--expires', 'soon'], /--expires must be a number/],
    ] as const)
      assert.throws(() => parseApiKeyCommand([...args], scopes('all')), { name: 'Error', message })
    for (const [args, message] of [
      [[], /^Usage: npm run api-key/],
      [['revoke', '0123456789ab'], /No key has this id/],
    ] as const) {
      const { code, stdout, stderr } = await runApiKeyCommand(databaseUrl, ...args)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /\n {4}at /)
    }
    const unreachable = await runApiKeyCommand('postgres://app:hunter2@127.0.0.1:1/app', 'list')
    assert.deepEqual(
      [unreachable.code, unreachable.stderr],
      [2, 'The database at DATABASE_URL is unreachable.\n'],
    )
  })
})

for (const revision of revisions) {
  describe(`API key authentication of a ${revision} request`, () => {
    it('rejects a missing credential with 401 and WWW-Authenticate, and counts it', async () => {
      const before = await scrape(stack.server.url)
      const answer = await send[revision](
        stack.server.mcpUrl,
        'tools/list',
        {},
        { 'x-request-id': `no-key-${revision}` },
      )
      assert.equal(answer.status, 401)
      assert.equal(answer.headers.get('www-authenticate'), `Bearer realm="mcp", scope="${readingScopes}"`)
      assert.deepEqual([answer.message.jsonrpc, answer.message.error.code], ['2.0', -32000])
      const line = await stack.server.line(({ request_id }) => request_id === `no-key-${revision}`)
      assert.deepEqual([line.message, line.reason], ['http request rejected', 'unauthenticated'])
      const after = await scrape(stack.server.url)
      const labels = { reason: 'unauthenticated' }
      const name = 'mcp_requests_rejected_total'
      assert.equal(after.sum(name, labels) - before.sum(name, labels), 1)
    })

    it('rejects an unknown or malformed credential with 401 invalid_token', async () => {
      const changed = `${readerKey.key.slice(0, -1)}${readerKey.key.endsWith('A') ? 'B' : 'A'}`
      for (const authorization of [
        `Bearer ${changed}`,
        `Bearer mcp_000000000000_${'A'.repeat(43)}`,
        `Bearer ${readerKey.id}`,
        `Bearer ${readerKey.key}x`,
        `Bearer ${readerKey.key} ${readerKey.key}`,
        'Bearer ',
      ]) {
        const answer = await send[revision](stack.server.mcpUrl, 'tools/call', plain.call, { authorization })
        assert.equal(answer.status, 401, authorization)
        assert.match(
          answer.headers.get('www-authenticate') ?? '',
          /error="invalid_token", error_description=/,
        )
      }
    })

    it('rejects another scheme with 401 as if there were no credential', async () => {
      for (const authorization of [`Basic ${btoa(`mcp:${readerKey.key}`)}`, readerKey.key]) {
        const answer = await send[revision](stack.server.mcpUrl, 'tools/call', plain.call, { authorization })
        assert.equal(answer.status, 401, authorization)
        assert.equal(answer.headers.get('www-authenticate'), `Bearer realm="mcp", scope="${readingScopes}"`)
      }
    })

    it('rejects a key in the query string with 400 invalid_request', async () => {
      for (const name of ['access_token', 'api_key', 'token']) {
        const url = new URL(`${stack.server.mcpUrl}?${name}=${readerKey.key}`)
        const answer = await send[revision](url, 'tools/call', plain.call, bearer(readerKey.key))
        assert.equal(answer.status, 400)
        assert.match(answer.headers.get('www-authenticate') ?? '', /error="invalid_request"/)
      }
    })

    it('accepts a key with the required scope and logs the caller id that `list` prints', async () => {
      const { stdout } = await runApiKeyCommand(databaseUrl, 'list')
      for (const { id, key } of [readerKey, writerKey]) {
        const requestId = `caller-${revision}-${id}`
        const headers = { ...bearer(key), 'x-request-id': requestId }
        const answer = await send[revision](stack.server.mcpUrl, 'tools/call', plain.call, headers)
        assert.match(answer.text, plain.answer)
        const { caller } = await stack.server.line(({ request_id }) => request_id === requestId)
        assert.match(String(caller), /^key:[\w-]{16}$/)
        assert.ok(stdout.split('\n').some((row) => row.startsWith(id) && row.includes(String(caller))))
      }
    })

    it('rejects a key without the required scope and names the missing scope', async () => {
      const cases = [
        ['tools/call', plain.call],
        ['prompts/get', prompt.call],
        ['resources/read', { uri: resource.uri }],
        ['resources/read', { uri: resource.uri.toUpperCase() }],
        [
          'completion/complete',
          { ref: { type: 'ref/resource', uri: resource.template }, argument: resource.argument },
        ],
        ...(prompt.argument
          ? ([
              [
                'completion/complete',
                { ref: { type: 'ref/prompt', name: prompt.call.name }, argument: prompt.argument },
              ],
            ] as const)
          : []),
      ] as const
      const before = await scrape(stack.server.url)
      for (const [method, params] of cases) {
        const answer = await send[revision](stack.server.mcpUrl, method, params, bearer(webKey.key))
        if (revision === '2025-11-25' && method === 'tools/call') {
          assert.match(answer.message.result.content[0].text, /^insufficient_scope: /)
          continue
        }
        assert.equal(answer.status, 403, method)
        assert.equal(answer.message.error.code, -32000)
        const challenge = answer.headers.get('www-authenticate') ?? ''
        assert.match(challenge, /^Bearer realm="mcp", error="insufficient_scope"/)
        assert.ok(challenge.endsWith(`scope="${[plain.scope, other.scope].sort().join(' ')}"`), challenge)
      }
      const grown = (await scrape(stack.server.url)).sum('mcp_requests_rejected_total', {
        reason: 'insufficient_scope',
      })
      assert.equal(
        grown - before.sum('mcp_requests_rejected_total', { reason: 'insufficient_scope' }),
        cases.length,
      )
    })
  })
}

describe('a batch', () => {
  it('is rejected with 403 if the key lacks the scope of one of its messages', async () => {
    const batch = [
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: other.call,
      },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: plain.call },
    ]
    const answer = await post(stack.server.mcpUrl, batch, {
      ...bearer(webKey.key),
      'mcp-protocol-version': '2025-03-26',
    })
    assert.equal(answer.status, 403)
  })
})

for (const [era, connect] of Object.entries(connectors)) {
  describe(`the lists of the ${era}`, () => {
    const listsOf = async ({ key }: CreatedKey) => {
      const client = await connect(stack.server.mcpUrl, { requestInit: { headers: bearer(key) } })
      const [tools, prompts, resources, templates] = await Promise.all([
        client.listTools(),
        client.listPrompts(),
        client.listResources(),
        client.listResourceTemplates(),
      ])
      return {
        tools: tools.tools.map(({ name }) => name),
        prompts: prompts.prompts.map(({ name }) => name),
        resources: resources.resources.length > 0,
        templates: templates.resourceTemplates.map(({ uriTemplate }) => uriTemplate),
      }
    }

    it('contain only what the scopes of the key allow', async () => {
      const namesWithScope = (
        definitions: readonly { name: string; scopes: readonly string[] }[],
        ...granted: string[]
      ) =>
        definitions
          .filter(({ scopes }) => scopes.every((scope) => granted.includes(scope)))
          .map(({ name }) => name)
      const ofWebKey = await listsOf(webKey)
      assert.deepEqual(ofWebKey, {
        tools: namesWithScope(catalog.tools, other.scope),
        prompts: [],
        resources: false,
        templates: [],
      })
      assert.ok(ofWebKey.tools.includes(other.call.name))
      assert.ok(!ofWebKey.tools.includes(plain.call.name))
      const ofReaderKey = await listsOf(readerKey)
      assert.deepEqual(ofReaderKey, {
        tools: namesWithScope(catalog.tools, plain.scope),
        prompts: namesWithScope(catalog.prompts, plain.scope),
        resources: true,
        templates: catalog.resources
          .filter(({ scopes }) => scopes.every((scope) => scope === plain.scope))
          .map(({ uriTemplate }) => uriTemplate),
      })
      assert.ok(ofReaderKey.tools.includes(plain.call.name))
      assert.ok(!ofReaderKey.tools.includes(other.call.name))
      assert.ok(ofReaderKey.prompts.includes(prompt.call.name))
      assert.ok(ofReaderKey.templates.includes(resource.template))
      const { scope, call } = writeCall ?? other
      const { tools } = await listsOf(writerKey)
      assert.deepEqual(tools, namesWithScope(catalog.tools, plain.scope, scope))
      assert.ok(tools.includes(call.name))
    })
  })
}

describe('a response', () => {
  it('has cacheScope private when it depends on the caller', async () => {
    for (const method of ['server/discover', 'tools/list', 'prompts/list', 'resources/templates/list']) {
      const { message } = await postModern(stack.server.mcpUrl, method, {}, bearer(readerKey.key))
      assert.equal(message.result.cacheScope, 'private', method)
    }
  })

  it('is served from the cache only to keys with the required scope', async () => {
    const callCached = (key: string, requestId: string) =>
      postModern(stack.server.mcpUrl, 'tools/call', cached.call, {
        ...bearer(key),
        'x-request-id': requestId,
      })
    const { key } = await createStoredKey(cached.scope)
    const answer = await callCached(key, 'cache-1')
    assert.equal(answer.status, 200)
    const keyWithoutScope = [readerKey, webKey].find((_key, n) => [plain, other][n]?.scope !== cached.scope)
    const rejected = await callCached(keyWithoutScope?.key ?? '', 'cache-2')
    assert.equal(rejected.status, 403)
    assert.ok(!rejected.text.includes(JSON.stringify(answer.message.result.content)))
    assert.equal((await callCached((await createStoredKey(cached.scope)).key, 'cache-3')).status, 200)
    const line = await stack.server.line(({ request_id }) => request_id === 'cache-3')
    assert.equal(line.cache, 'hit')
  })
})

describe('the ops endpoints', () => {
  it('require no credential', async () => {
    for (const path of ['/livez', '/readyz', '/health', '/metrics'])
      assert.equal((await fetch(`${stack.server.url}${path}`)).status, 200, path)
  })
})

describe('an API key', { concurrency: true }, () => {
  const call = (server: RunningServer, key: string) =>
    postModern(server.mcpUrl, 'tools/call', plain.call, bearer(key))

  it('is rejected with 401 after it expires', async () => {
    const { key, id } = await createStoredKey(plain.scope)
    assert.equal((await call(stack.server, key)).status, 200)
    await executeSql(databaseUrl, `update api_keys set expires_at = now() where id = '${id}'`)
    await untilStatus(401, () => call(stack.server, key))
    assert.match((await runApiKeyCommand(databaseUrl, 'list')).stdout, new RegExp(`^${id}  expired`, 'm'))
  })

  it('is rejected by all replicas within 7 s of its revocation', async () => {
    const { key, id } = await createStoredKey(plain.scope)
    for (const server of [stack.server, replica]) assert.equal((await call(server, key)).status, 200)
    const { code, stdout } = await runApiKeyCommand(databaseUrl, 'revoke', id)
    assert.equal(code, 0)
    assert.match(stdout, new RegExp(`^Key ${id} was revoked at `))
    const startedAtMs = performance.now()
    await Promise.all([stack.server, replica].map((server) => untilStatus(401, () => call(server, key))))
    const tookMs = performance.now() - startedAtMs
    assert.ok(tookMs < 7_000, `${tookMs} ms`)
    assert.match((await runApiKeyCommand(databaseUrl, 'list')).stdout, new RegExp(`^${id}  revoked`, 'm'))
  })

  it('is accepted within 10 s of its creation although it was rejected before', async () => {
    const { key } = await createStoredKey(plain.scope)
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    const { rows } = await client.query(
      'delete from api_keys where key_hash = sha256($1::bytea) returning *',
      [Buffer.from(key)],
    )
    assert.equal((await call(stack.server, key)).status, 401)
    const { id, name, key_hash, scopes } = rows[0]
    await client.query('insert into api_keys (id, name, key_hash, scopes) values ($1, $2, $3, $4)', [
      id,
      name,
      key_hash,
      scopes,
    ])
    await client.end()
    await untilStatus(200, () => call(stack.server, key))
  })

  it('closes its open streams when it is revoked', async () => {
    const { key, id } = await createStoredKey(scopes('reading').join())
    const response = await openListen(stack.server.mcpUrl, { headers: bearer(key) })
    assert.equal(response.status, 200)
    const startedAtMs = performance.now()
    const ended = response.text().then(
      () => 'closed',
      () => 'cut',
    )
    await runApiKeyCommand(databaseUrl, 'revoke', id)
    assert.notEqual(await Promise.race([ended, delay(20_000, 'open')]), 'open')
    assert.ok(performance.now() - startedAtMs < 20_000)
  })

  it('is rejected with 403 for a subscription without its scope', async () => {
    for (const notifications of [{ resourcesListChanged: true }, { resourceSubscriptions: [resource.uri] }]) {
      const answer = await postModern(
        stack.server.mcpUrl,
        'subscriptions/listen',
        { notifications },
        bearer(webKey.key),
      )
      assert.equal(answer.status, 403)
    }
  })
})

describe('API key authentication while Postgres is unavailable', () => {
  const call = (key: string) => postModern(replica.mcpUrl, 'tools/call', other.call, bearer(key))

  it('accepts cached keys, then answers 503, never 401, and recovers', async () => {
    const cluster = process.env.TEST_POSTGRES_URL ?? ''
    const database = new URL(databaseUrl).pathname.slice(1)
    assert.equal((await call(webKey.key)).status, 200)
    await executeSql(cluster, `alter database ${database} with allow_connections false`)
    await executeSql(
      cluster,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`,
    )
    assert.equal((await call(webKey.key)).status, 200)
    const fresh = await call(`mcp_000000000000_${'B'.repeat(43)}`)
    assert.equal(fresh.status, 503)
    assert.equal(fresh.headers.get('retry-after'), '5')
    assert.equal(fresh.headers.get('www-authenticate'), null)
    const line = await replica.line(({ reason }) => reason === 'authentication_unavailable')
    assert.equal(line.level, 'error')
    assert.ok(line.error)
    assert.equal(
      replica.lines.filter(({ message }) => /credential check/.test(String(message))).length,
      0,
      'a line beyond the budget of rejections',
    )
    assert.equal((await call('not-a-key')).status, 401)
    const seen = new Set<number>()
    await untilStatus(503, async () => {
      const { status } = await call(webKey.key)
      seen.add(status)
      return { status }
    })
    assert.deepEqual([...seen], [200, 503])
    await executeSql(cluster, `alter database ${database} with allow_connections true`)
    await untilStatus(200, () => call(webKey.key))
    const counted = (await scrape(replica.url)).sum('mcp_requests_rejected_total', {
      reason: 'authentication_unavailable',
    })
    assert.ok(counted >= 2)
  })
})

describe('log and metrics', () => {
  it('contain no key', async () => {
    const metrics = await Promise.all([stack.server, replica].map(({ url }) => scrape(url)))
    const written = JSON.stringify([stack.server.lines, replica.lines, metrics])
    assert.ok(secrets.length > 5)
    for (const secret of secrets) assert.ok(!written.includes(secret))
    assert.match(written, /caller/)
  })
})
