import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { apiKeyProgram, type CreatedKey, createKey } from '../support/api-keys.ts'
import { eras } from '../support/clients.ts'
import { bearer, modernRequest, post, postLegacy, postModern } from '../support/raw.ts'
import { scrape } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { administer } from '../support/template-database.ts'

let stack: Stack
let replica: RunningServer
let databaseUrl: string
let reader: CreatedKey
let writer: CreatedKey
let browser: CreatedKey
const secrets: string[] = []

async function newKey(scopes: string, ...options: string[]): Promise<CreatedKey> {
  const created = await createKey(databaseUrl, scopes, ...options)
  secrets.push(created.key.split('_').slice(2).join('_'))
  return created
}

before(async () => {
  stack = await startStack({ AUTH_MODE: 'api-key' })
  databaseUrl = stack.env.DATABASE_URL ?? ''
  replica = await startServer(stack.env)
  reader = await newKey('documents:read')
  writer = await newKey('documents:read,documents:write')
  browser = await newKey('web:read')
})

const send = { modern: postModern, legacy: postLegacy }
const fetchQuickStart = { name: 'fetch', arguments: { id: 'guides.quick-start' } }

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
    const { key, id } = await newKey('documents:read,web:read', '--expires', '90d')
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    const { rows } = await client.query('select * from api_keys where id = $1', [id])
    await client.end()
    assert.deepEqual(rows[0].key_hash, createHash('sha256').update(key).digest())
    assert.deepEqual(rows[0].scopes, ['documents:read', 'web:read'])
    const days = (rows[0].expires_at - rows[0].created_at) / 86_400_000
    assert.ok(Math.abs(days - 90) < 0.01)
    const { stdout } = await apiKeyProgram(databaseUrl, 'list')
    assert.match(stdout, new RegExp(`^${id}  active .* documents:read,web:read +a test$`, 'm'))
    for (const secret of secrets) {
      assert.ok(!stdout.includes(secret))
      assert.ok(!JSON.stringify(rows).includes(secret))
    }
  })

  it('says what to change when it is called wrongly', async () => {
    for (const [args, message] of [
      [[], /^Usage: npm run api-key/],
      [['create', 'x'], /--scopes is required: one or more of documents:read/],
      [['create', 'x', '--scopes', 'documents:raed'], /Nothing here needs the scope documents:raed/],
      [['create', 'x', '--scopes', 'web:read', '--expires', 'soon'], /--expires must be a number/],
      [['revoke', '0123456789ab'], /There is no key with this id/],
    ] as const) {
      const { code, stdout, stderr } = await apiKeyProgram(databaseUrl, ...args)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /\n {4}at /)
    }
    const away = await apiKeyProgram('postgres://app:hunter2@127.0.0.1:1/app', 'list')
    assert.deepEqual(
      [away.code, away.stderr],
      [2, 'The database that DATABASE_URL names cannot be reached.\n'],
    )
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
      assert.equal(
        answer.headers.get('www-authenticate'),
        'Bearer realm="mcp", scope="documents:read web:read"',
      )
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
        const answer = await send[era](stack.server.mcpUrl, 'tools/call', fetchQuickStart, { authorization })
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
        const answer = await send[era](url, 'tools/call', fetchQuickStart, bearer(reader.key))
        assert.equal(answer.status, 400)
        assert.match(answer.headers.get('www-authenticate') ?? '', /error="invalid_request"/)
      }
    })

    it('is served with a key that has the scope, and names its caller in the log as "list" does', async () => {
      const { stdout } = await apiKeyProgram(databaseUrl, 'list')
      for (const { id, key } of [reader, writer]) {
        const requestId = `caller-${era}-${id}`
        const headers = { ...bearer(key), 'x-request-id': requestId }
        const answer = await send[era](stack.server.mcpUrl, 'tools/call', fetchQuickStart, headers)
        assert.equal(answer.message.result.structuredContent.id, 'guides.quick-start')
        const { caller } = await stack.server.line(({ request_id }) => request_id === requestId)
        assert.match(String(caller), /^key:[\w-]{16}$/)
        assert.ok(stdout.split('\n').some((row) => row.startsWith(id) && row.includes(String(caller))))
      }
    })

    it('for something the key has no scope for gets 403 and what is missing', async () => {
      const uri = 'document://guides.quick-start'
      const cases = [
        ['tools/call', fetchQuickStart],
        ['prompts/get', { name: 'investigate_alert', arguments: { alert: 'HighErrorRate' } }],
        ['resources/read', { uri }],
        ['resources/read', { uri: uri.toUpperCase() }],
        [
          'completion/complete',
          { ref: { type: 'ref/resource', uri: 'document://{id}' }, argument: { name: 'id', value: 'g' } },
        ],
        [
          'completion/complete',
          { ref: { type: 'ref/prompt', name: 'investigate_alert' }, argument: { name: 'alert', value: 'H' } },
        ],
      ] as const
      const before = await scrape(stack.server.url)
      for (const [method, params] of cases) {
        const answer = await send[era](stack.server.mcpUrl, method, params, bearer(browser.key))
        assert.equal(answer.status, 403, method)
        assert.equal(answer.message.error.code, -32000)
        const challenge = answer.headers.get('www-authenticate') ?? ''
        assert.match(challenge, /^Bearer realm="mcp", error="insufficient_scope"/)
        assert.match(challenge, /scope="documents:read web:read"$/)
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
        params: { name: 'search_wikipedia', arguments: { query: 'x' } },
      },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: fetchQuickStart },
    ]
    const answer = await post(stack.server.mcpUrl, batch, {
      ...bearer(browser.key),
      'mcp-protocol-version': '2025-03-26',
    })
    assert.equal(answer.status, 403)
  })
})

for (const [era, connect] of Object.entries(eras)) {
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
      assert.deepEqual(await listsOf(browser), {
        tools: ['search_wikipedia'],
        prompts: [],
        resources: false,
        templates: [],
      })
      assert.deepEqual(await listsOf(reader), {
        tools: ['fetch', 'search', 'search_all'],
        prompts: ['investigate_alert'],
        resources: true,
        templates: ['document://{id}'],
      })
      assert.deepEqual((await listsOf(writer)).tools, ['add_document', 'fetch', 'search', 'search_all'])
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
    const search = { name: 'search', arguments: { query: 'quick start' } }
    const ask = (key: string, requestId: string) =>
      postModern(stack.server.mcpUrl, 'tools/call', search, { ...bearer(key), 'x-request-id': requestId })
    assert.equal((await ask(reader.key, 'cache-1')).status, 200)
    const refused = await ask(browser.key, 'cache-2')
    assert.equal(refused.status, 403)
    assert.doesNotMatch(refused.text, /quick-start/)
    assert.equal((await ask(writer.key, 'cache-3')).status, 200)
    const line = await stack.server.line(({ request_id }) => request_id === 'cache-3')
    assert.equal(line.cache, 'hit')
  })
})

describe('a page', () => {
  const page = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${stack.server.url}${path}`, { headers })

  it('of a document needs what the tool "fetch" needs', async () => {
    const path = '/documents/guides.quick-start'
    const refused = await page(path, { accept: 'text/html' })
    assert.equal(refused.status, 401)
    assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer /)
    const text = await refused.text()
    assert.match(text, /<h1>401<\/h1>/)
    assert.doesNotMatch(text, /Quick start/)
    const forbidden = await page(path, bearer(browser.key))
    assert.equal(forbidden.status, 403)
    assert.match(
      forbidden.headers.get('www-authenticate') ?? '',
      /insufficient_scope.*scope="documents:read"/,
    )
    assert.equal((await page('/documents/nope')).status, 401)
    const shown = await page(path, bearer(reader.key))
    assert.equal(shown.status, 200)
    assert.match(await shown.text(), /<h1>Quick start<\/h1>/)
  })

  it('for machines that watch the server needs nothing', async () => {
    for (const path of ['/livez', '/readyz', '/health', '/metrics'])
      assert.equal((await page(path)).status, 200)
  })
})

describe('a key', () => {
  const call = (server: RunningServer, key: string) =>
    postModern(server.mcpUrl, 'tools/call', fetchQuickStart, bearer(key))

  it('that expires is refused from then on', async () => {
    const { key, id } = await newKey('documents:read', '--expires', '3s')
    assert.equal((await call(stack.server, key)).status, 200)
    await becomes(401, () => call(stack.server, key))
    assert.match((await apiKeyProgram(databaseUrl, 'list')).stdout, new RegExp(`^${id}  expired`, 'm'))
  })

  it('that is revoked is refused by all replicas within seconds', async () => {
    const { key, id } = await newKey('documents:read')
    for (const server of [stack.server, replica]) assert.equal((await call(server, key)).status, 200)
    const { code, stdout } = await apiKeyProgram(databaseUrl, 'revoke', id)
    assert.equal(code, 0)
    assert.match(stdout, new RegExp(`^Key ${id} is revoked since `))
    const took = await Promise.all(
      [stack.server, replica].map((server) => becomes(401, () => call(server, key))),
    )
    assert.ok(Math.max(...took) < 7_000, `${took} ms`)
    assert.match((await apiKeyProgram(databaseUrl, 'list')).stdout, new RegExp(`^${id}  revoked`, 'm'))
  })

  it('that was asked for before it existed works within seconds', async () => {
    const { key } = await newKey('documents:read')
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
    const { key, id } = await newKey('documents:read')
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
    await apiKeyProgram(databaseUrl, 'revoke', id)
    assert.notEqual(await Promise.race([ended, delay(20_000, 'open')]), 'open')
    assert.ok(performance.now() - began < 20_000)
  })

  it('without the scope hears nothing of documents', async () => {
    for (const notifications of [
      { resourcesListChanged: true },
      { resourceSubscriptions: ['document://guides.quick-start'] },
    ]) {
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
  const search = { name: 'search_wikipedia', arguments: { query: 'prometheus' } }
  const call = (key: string) => postModern(replica.mcpUrl, 'tools/call', search, bearer(key))

  it('keys in use go on for their seconds, then the answer is 503 and never 401; afterwards they work again', async () => {
    const cluster = process.env.TEST_POSTGRES_URL ?? ''
    const database = new URL(databaseUrl).pathname.slice(1)
    assert.equal((await call(browser.key)).status, 200)
    await administer(cluster, `alter database ${database} with allow_connections false`)
    await administer(
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
    await administer(cluster, `alter database ${database} with allow_connections true`)
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
