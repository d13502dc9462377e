import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type CreatedKey, createKey, runApiKeyCommand, storeKey } from '../support/api-keys.ts'
import { connectors } from '../support/clients.ts'
import { bearer, modernRequest, post, postLegacy, postModern } from '../support/raw.ts'
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

let stack: Stack
let replica: RunningServer
let databaseUrl: string
let reader: CreatedKey
let writer: CreatedKey
let browser: CreatedKey
const secrets: string[] = []

async function remember(creating: Promise<CreatedKey>): Promise<CreatedKey> {
  const created = await creating
  secrets.push(created.key.split('_').slice(2).join('_'))
  return created
}
const newKey = (scopes: string, expiresAt?: Date) => remember(storeKey(databaseUrl, scopes, expiresAt))

before(async () => {
  stack = await startStack({ AUTH_MODE: 'api-key' })
  databaseUrl = stack.env.DATABASE_URL ?? ''
  replica = await startServer(stack.env)
  reader = await newKey(plain.scope)
  writer = await newKey([plain.scope, (writeCall ?? other).scope].join())
  browser = await newKey(other.scope)
})

const send = { modern: postModern, legacy: postLegacy }
const readingScopes = scopes('reading').join(' ')

/** Waits for a status, because what one replica knows of a key may be some seconds old. */
async function becomes(status: number, ask: () => Promise<{ status: number }>): Promise<number> {
  const began = performance.now()
  for (let tries = 0; tries < 100; tries++) {
    if ((await ask()).status === status) return performance.now() - began
    await delay(100)
  }
  return assert.fail(`the status did not become ${status}`)
}

describe('the program that makes keys', () => {
  it('shows a key once: what it stores and lists does not hold it', async () => {
    const { key, id } = await remember(
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

  it('says what to change when it is called wrongly', async () => {
    for (const [args, message] of [
      [[], /^Usage: npm run api-key/],
      [['create', 'x'], /--scopes is required: one or more of [a-z]+:read/],
      [['create', 'x', '--scopes', 'things:raed'], /Unknown scope things:raed/],
      [['create', 'x', '--scopes', other.scope, '--expires', 'soon'], /--expires must be a number/],
      [['revoke', '0123456789ab'], /No key has this id/],
    ] as const) {
      const { code, stdout, stderr } = await runApiKeyCommand(databaseUrl, ...args)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /\n {4}at /)
    }
    const away = await runApiKeyCommand('postgres://app:hunter2@127.0.0.1:1/app', 'list')
    assert.deepEqual([away.code, away.stderr], [2, 'The database at DATABASE_URL is unreachable.\n'])
  })
})

for (const era of ['modern', 'legacy'] as const) {
  describe(`a ${era} request`, () => {
    it('without a credential is asked for one, and counted', async () => {
      const before = await scrape(stack.server.url)
      const answer = await send[era](
        stack.server.mcpUrl,
        'tools/list',
        {},
        { 'x-request-id': `no-key-${era}` },
      )
      assert.equal(answer.status, 401)
      assert.equal(answer.headers.get('www-authenticate'), `Bearer realm="mcp", scope="${readingScopes}"`)
      assert.deepEqual([answer.message.jsonrpc, answer.message.error.code], ['2.0', -32000])
      const line = await stack.server.line(({ request_id }) => request_id === `no-key-${era}`)
      assert.deepEqual([line.message, line.reason], ['mcp request rejected', 'unauthenticated'])
      const after = await scrape(stack.server.url)
      const labels = { reason: 'unauthenticated' }
      const name = 'mcp_requests_rejected_total'
      assert.equal(after.sum(name, labels) - before.sum(name, labels), 1)
    })

    it('with a credential that is none of ours is refused', async () => {
      const changed = `${reader.key.slice(0, -1)}${reader.key.endsWith('A') ? 'B' : 'A'}`
      for (const authorization of [
        `Bearer ${changed}`,
        `Bearer mcp_000000000000_${'A'.repeat(43)}`,
        `Bearer ${reader.id}`,
        `Bearer ${reader.key}x`,
        `Bearer ${reader.key} ${reader.key}`,
        'Bearer ',
        `Basic ${btoa(`mcp:${reader.key}`)}`,
        reader.key,
      ]) {
        const answer = await send[era](stack.server.mcpUrl, 'tools/call', plain.call, { authorization })
        assert.equal(answer.status, 401, authorization)
        assert.match(
          answer.headers.get('www-authenticate') ?? '',
          /error="invalid_token", error_description=/,
        )
      }
    })

    it('may not carry the key in its address', async () => {
      for (const name of ['access_token', 'api_key', 'token']) {
        const url = new URL(`${stack.server.mcpUrl}?${name}=${reader.key}`)
        const answer = await send[era](url, 'tools/call', plain.call, bearer(reader.key))
        assert.equal(answer.status, 400)
        assert.match(answer.headers.get('www-authenticate') ?? '', /error="invalid_request"/)
      }
    })

    it('is served with a key that has the scope, and names its caller in the log as "list" does', async () => {
      const { stdout } = await runApiKeyCommand(databaseUrl, 'list')
      for (const { id, key } of [reader, writer]) {
        const requestId = `caller-${era}-${id}`
        const headers = { ...bearer(key), 'x-request-id': requestId }
        const answer = await send[era](stack.server.mcpUrl, 'tools/call', plain.call, headers)
        assert.match(answer.text, plain.answer)
        const { caller } = await stack.server.line(({ request_id }) => request_id === requestId)
        assert.match(String(caller), /^key:[\w-]{16}$/)
        assert.ok(stdout.split('\n').some((row) => row.startsWith(id) && row.includes(String(caller))))
      }
    })

    it('for something the key has no scope for gets 403 and what is missing', async () => {
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
        const answer = await send[era](stack.server.mcpUrl, method, params, bearer(browser.key))
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

describe('a request for several things at once', () => {
  it('is let in only if the key may use all of them', async () => {
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
      ...bearer(browser.key),
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

    it('show what the caller may use, and nothing else', async () => {
      const namesBehind = (definitions: readonly { name: string; scope: string }[], ...scopes: string[]) =>
        definitions.filter(({ scope }) => scopes.includes(scope)).map(({ name }) => name)
      const ofBrowser = await listsOf(browser)
      assert.deepEqual(ofBrowser, {
        tools: namesBehind(catalog.tools, other.scope),
        prompts: [],
        resources: false,
        templates: [],
      })
      assert.ok(ofBrowser.tools.includes(other.call.name))
      assert.ok(!ofBrowser.tools.includes(plain.call.name))
      const ofReader = await listsOf(reader)
      assert.deepEqual(ofReader, {
        tools: namesBehind(catalog.tools, plain.scope),
        prompts: namesBehind(catalog.prompts, plain.scope),
        resources: true,
        templates: catalog.resources
          .filter((definition) => definition.scope === plain.scope)
          .map(({ uriTemplate }) => uriTemplate),
      })
      assert.ok(ofReader.tools.includes(plain.call.name))
      assert.ok(!ofReader.tools.includes(other.call.name))
      assert.ok(ofReader.prompts.includes(prompt.call.name))
      assert.ok(ofReader.templates.includes(resource.template))
      const { scope, call } = writeCall ?? other
      const { tools } = await listsOf(writer)
      assert.deepEqual(tools, namesBehind(catalog.tools, plain.scope, scope))
      assert.ok(tools.includes(call.name))
    })
  })
}

describe('an answer', () => {
  it('that depends on the caller is not for shared caches', async () => {
    for (const method of ['server/discover', 'tools/list', 'prompts/list', 'resources/templates/list']) {
      const { message } = await postModern(stack.server.mcpUrl, method, {}, bearer(reader.key))
      assert.equal(message.result.cacheScope, 'private', method)
    }
  })

  it('from the cache is given only to who may have it', async () => {
    const ask = (key: string, requestId: string) =>
      postModern(stack.server.mcpUrl, 'tools/call', cached.call, {
        ...bearer(key),
        'x-request-id': requestId,
      })
    const { key } = await newKey(cached.scope)
    const answer = await ask(key, 'cache-1')
    assert.equal(answer.status, 200)
    const stranger = [reader, browser].find((_key, n) => [plain, other][n]?.scope !== cached.scope)
    const refused = await ask(stranger?.key ?? '', 'cache-2')
    assert.equal(refused.status, 403)
    assert.ok(!refused.text.includes(JSON.stringify(answer.message.result.content)))
    assert.equal((await ask((await newKey(cached.scope)).key, 'cache-3')).status, 200)
    const line = await stack.server.line(({ request_id }) => request_id === 'cache-3')
    assert.equal(line.cache, 'hit')
  })
})

describe('a page', () => {
  const page = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${stack.server.url}${path}`, { headers })

  it('for machines that watch the server needs nothing', async () => {
    for (const path of ['/livez', '/readyz', '/health', '/metrics'])
      assert.equal((await page(path)).status, 200)
  })
})

describe('a key', { concurrency: true }, () => {
  const call = (server: RunningServer, key: string) =>
    postModern(server.mcpUrl, 'tools/call', plain.call, bearer(key))

  it('that expires is refused from then on', async () => {
    const { key, id } = await newKey(plain.scope, new Date(Date.now() + 3_000))
    assert.equal((await call(stack.server, key)).status, 200)
    await becomes(401, () => call(stack.server, key))
    assert.match((await runApiKeyCommand(databaseUrl, 'list')).stdout, new RegExp(`^${id}  expired`, 'm'))
  })

  it('that is revoked is refused by all replicas within seconds', async () => {
    const { key, id } = await newKey(plain.scope)
    for (const server of [stack.server, replica]) assert.equal((await call(server, key)).status, 200)
    const { code, stdout } = await runApiKeyCommand(databaseUrl, 'revoke', id)
    assert.equal(code, 0)
    assert.match(stdout, new RegExp(`^Key ${id} was revoked at `))
    const took = await Promise.all(
      [stack.server, replica].map((server) => becomes(401, () => call(server, key))),
    )
    assert.ok(Math.max(...took) < 7_000, `${took} ms`)
    assert.match((await runApiKeyCommand(databaseUrl, 'list')).stdout, new RegExp(`^${id}  revoked`, 'm'))
  })

  it('that was asked for before it existed works within seconds', async () => {
    const { key } = await newKey(plain.scope)
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
    await becomes(200, () => call(stack.server, key))
  })

  it('ends the streams that were opened with it when it is revoked', async () => {
    const { key, id } = await newKey(scopes('reading').join())
    const response = await fetch(stack.server.mcpUrl, {
      method: 'POST',
      headers: {
        ...bearer(key),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'subscriptions/listen',
      },
      body: JSON.stringify(
        modernRequest('subscriptions/listen', { notifications: { resourcesListChanged: true } }),
      ),
    })
    assert.equal(response.status, 200)
    const began = performance.now()
    const ended = response.text().then(
      () => 'closed',
      () => 'cut',
    )
    await runApiKeyCommand(databaseUrl, 'revoke', id)
    assert.notEqual(await Promise.race([ended, delay(20_000, 'open')]), 'open')
    assert.ok(performance.now() - began < 20_000)
  })

  it('without the scope hears nothing of resources', async () => {
    for (const notifications of [{ resourcesListChanged: true }, { resourceSubscriptions: [resource.uri] }]) {
      const answer = await postModern(
        stack.server.mcpUrl,
        'subscriptions/listen',
        { notifications },
        bearer(browser.key),
      )
      assert.equal(answer.status, 403)
    }
  })
})

describe('while Postgres is away', () => {
  const call = (key: string) => postModern(replica.mcpUrl, 'tools/call', other.call, bearer(key))

  it('keys in use go on for their seconds, then the answer is 503 and never 401; afterwards they work again', async () => {
    const cluster = process.env.TEST_POSTGRES_URL ?? ''
    const database = new URL(databaseUrl).pathname.slice(1)
    assert.equal((await call(browser.key)).status, 200)
    await executeSql(cluster, `alter database ${database} with allow_connections false`)
    await executeSql(
      cluster,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`,
    )
    assert.equal((await call(browser.key)).status, 200)
    const fresh = await call(`mcp_000000000000_${'B'.repeat(43)}`)
    assert.equal(fresh.status, 503)
    assert.equal(fresh.headers.get('retry-after'), '5')
    assert.equal(fresh.headers.get('www-authenticate'), null)
    assert.equal((await call('not-a-key')).status, 401)
    const seen = new Set<number>()
    await becomes(503, async () => {
      const { status } = await call(browser.key)
      seen.add(status)
      return { status }
    })
    assert.deepEqual([...seen], [200, 503])
    await executeSql(cluster, `alter database ${database} with allow_connections true`)
    await becomes(200, () => call(browser.key))
    const counted = (await scrape(replica.url)).sum('mcp_requests_rejected_total', {
      reason: 'authentication_unavailable',
    })
    assert.ok(counted >= 2)
  })
})

describe('what the servers have written', () => {
  it('holds no key', async () => {
    const metrics = await Promise.all([stack.server, replica].map(({ url }) => scrape(url)))
    const written = JSON.stringify([stack.server.lines, replica.lines, metrics])
    assert.ok(secrets.length > 5)
    for (const secret of secrets) assert.ok(!written.includes(secret))
    assert.match(written, /caller/)
  })
})
