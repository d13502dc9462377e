/** Regression tests of fuzzer findings, and SQL, HTML or Markdown in every text field. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { regressionCases } from '../../fuzz/regression-cases.ts'
import { checkResponses } from '../../fuzz/response-rules.ts'
import { createSender } from '../../fuzz/sender.ts'
import { findLeaks } from '../../fuzz/signal-rules.ts'
import { afterFile } from '../../support/cleanup.ts'
import { htmlPayloads, markdownPayloads, sqlPayloads } from '../../support/injection-payloads.ts'
import { unexpectedMarkup } from '../../support/page-markup.ts'
import { postLegacy, postModern } from '../../support/raw.ts'
import { scrape } from '../../support/scrape.ts'
import { type Stack, startStack } from '../../support/stack.ts'

// biome-ignore lint/suspicious/noExplicitAny: results of tools
type Result = any

let stack: Stack
let database: pg.Client

/** What the fake external API answers. */
let pages: unknown[] = []
async function startHostileApi(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ pages }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

before(async () => {
  const EXTERNAL_API_URL = await startHostileApi()
  stack = await startStack({ EXTERNAL_API_URL, RATE_LIMIT: 'off' })
  database = new pg.Client({ connectionString: stack.env.DATABASE_URL })
  await database.connect()
  // Dropping the database ends this connection.
  database.on('error', () => undefined)
  afterFile(() => database.end())
})

const call = async (name: string, args: Record<string, unknown>, send = postModern): Promise<Result> => {
  const { status, message, text } = await send(stack.server.mcpUrl, 'tools/call', { name, arguments: args })
  assert.equal(status, 200, text)
  if (message.result.isError) assert.doesNotMatch(text, /internal:|syntax error|relation|pg_/)
  return message.result
}
const databaseState = async (): Promise<unknown> =>
  (
    await database.query(
      `select count(*)::int as documents, md5(string_agg(content_hash, '' order by id)) as hash,
         (select string_agg(table_name || ordinal_position, ',' order by table_name, ordinal_position)
          from information_schema.columns where table_schema = 'public') as columns
       from documents`,
    )
  ).rows[0]
const fetchPage = async (id: string): Promise<{ status: number; html: string; policy: string | null }> => {
  const response = await fetch(`${stack.server.url}/documents/${id}`, { headers: { accept: 'text/html' } })
  const policy = response.headers.get('content-security-policy')
  return { status: response.status, html: await response.text(), policy }
}

describe('fuzzer findings', () => {
  for (const { name, hostile, answer } of regressionCases) {
    it(`stay fixed: ${name}`, async () => {
      const sender = createSender(Number(new URL(stack.server.url).port))
      const outcome = await sender.send(hostile)
      sender.close()
      assert.deepEqual(
        checkResponses(hostile, outcome, { canaries: [] }, () => undefined),
        [],
      )
      const [response] = outcome.responses
      const body = response?.body.toString() ?? ''
      if (answer.status !== undefined) assert.equal(response?.status, answer.status, body)
      const code = /"error":\{"code":(-?\d+)/.exec(body)?.[1]
      assert.equal(code && Number(code), answer.code, body)
    })
  }

  it('leave no request in flight and no stream open', async () => {
    for (let tries = 0; findLeaks(await scrape(stack.server.url)).length > 0; tries++) {
      assert.ok(tries < 100, `${findLeaks(await scrape(stack.server.url))}`)
      await delay(50)
    }
  })

  it('get an error that names the invalid param without the report of the validator', async () => {
    for (const send of [postModern, postLegacy]) {
      const { message } = await send(stack.server.mcpUrl, 'resources/read', { uri: 7 })
      assert.equal(message.error.code, -32602)
      assert.match(message.error.message, /^Invalid params: params\.uri: /)
    }
  })
})

describe('text fields', () => {
  it('treat SQL as text in search, fetch, completion and prompts, and change no data', async () => {
    const before = await databaseState()
    for (const text of sqlPayloads) {
      for (const send of [postModern, postLegacy]) {
        assert.notEqual((await call('search', { query: text }, send)).isError, true, text)
        assert.match((await call('fetch', { id: text }, send)).content[0].text, /^not_found: /, text)
      }
      assert.notEqual((await call('search_all', { query: text })).isError, true, text)
      assert.notEqual((await call('search_wikipedia', { query: text })).isError, true, text)
      const read = await postModern(stack.server.mcpUrl, 'resources/read', {
        uri: `document://${encodeURIComponent(text)}`,
      })
      assert.equal(read.message.error.code, -32602, text)
      const completed = await postModern(stack.server.mcpUrl, 'completion/complete', {
        ref: { type: 'ref/resource', uri: 'document://{id}' },
        argument: { name: 'id', value: text },
      })
      assert.deepEqual(completed.message.result.completion.values, [], text)
      const prompt = await postModern(stack.server.mcpUrl, 'prompts/get', {
        name: 'investigate_alert',
        arguments: { alert: text },
      })
      assert.equal(prompt.message.error.code, -32602, text)
      const cursor = Buffer.from(JSON.stringify([0, text])).toString('base64url')
      const listed = await postModern(stack.server.mcpUrl, 'resources/list', { cursor })
      assert.ok(Array.isArray(listed.message.result.resources), text)
      assert.equal((await fetchPage(encodeURIComponent(text))).status, 404, text)
    }
    assert.deepEqual(await databaseState(), before)
  })

  it('store and return SQL unchanged in title, text and tags', async () => {
    const { columns } = (await databaseState()) as { columns: string }
    for (const text of sqlPayloads) {
      const { structuredContent: added } = await call('add_document', {
        title: text,
        text,
        tags: [text, 'b'],
      })
      assert.equal(added.created, true, text)
      const { structuredContent: fetched } = await call('fetch', { id: added.id })
      assert.deepEqual([fetched.title, fetched.text, fetched.metadata.tags], [text, text, `${text}, b`])
    }
    assert.equal(((await databaseState()) as { columns: string }).columns, columns)
  })

  it('replace lone surrogates by U+FFFD and reject NUL', async () => {
    const { structuredContent: added } = await call('add_document', {
      title: 'a\ud800',
      text: '\udfff',
      tags: ['\ud83d'],
    })
    const { structuredContent: fetched } = await call('fetch', { id: added.id })
    assert.deepEqual([fetched.title, fetched.text, fetched.metadata.tags], ['a\ufffd', '\ufffd', '\ufffd'])
    for (const field of ['title', 'text', 'tags']) {
      const args = { title: 'a', text: 'a', tags: ['a'], [field]: field === 'tags' ? ['a\0'] : 'a\0' }
      const rejected = await call('add_document', args)
      assert.match(rejected.content[0].text, new RegExp(`^invalid_arguments: .*${field}.*NUL`))
    }
  })
})

describe('HTML and Markdown in a document', () => {
  const places: [string, (text: string) => Record<string, unknown>][] = [
    ['title', (title) => ({ title, text: 'text' })],
    ['text', (text) => ({ title: 'Title', text })],
    ['tag', (tag) => ({ title: 'Title', text: 'text', tags: [tag.slice(0, 50)] })],
  ]
  for (const [place, documentWith] of places) {
    it(`is escaped on its page, in the ${place}`, async () => {
      for (const text of [...htmlPayloads, ...markdownPayloads, ...sqlPayloads]) {
        const { structuredContent: added } = await call('add_document', documentWith(text))
        const { status, html, policy } = await fetchPage(added.id)
        assert.equal(status, 200, text)
        assert.match(policy ?? '', /default-src 'none'/)
        assert.deepEqual(unexpectedMarkup(html), [], text)
      }
    })
  }

  it('reaches models unchanged as text/markdown', async () => {
    const [text] = htmlPayloads
    const { structuredContent: added } = await call('add_document', { title: text, text, tags: [] })
    const read = await postModern(stack.server.mcpUrl, 'resources/read', { uri: `document://${added.id}` })
    assert.deepEqual(
      read.message.result.contents.map((content: Result) => [content.mimeType, content.text]),
      [['text/markdown', text]],
    )
  })

  it('is not reflected in a 404 page', async () => {
    for (const text of htmlPayloads) {
      for (const path of [`/documents/${encodeURIComponent(text)}`, `/${encodeURIComponent(text)}`]) {
        const response = await fetch(`${stack.server.url}${path}`, { headers: { accept: 'text/html' } })
        assert.equal(response.status, 404)
        assert.deepEqual(unexpectedMarkup(await response.text()), [], text)
      }
    }
  })
})

describe('a hostile external API', () => {
  const search = async (query: string, entries: unknown[]): Promise<Result> => {
    pages = entries
    return call('search_wikipedia', { query, limit: 10 })
  }

  it('cannot inject HTML into snippets or path segments into URLs', async () => {
    const keys = [
      '../../../evil',
      'javascript:alert(1)',
      'a" onload="alert(1)',
      'a\r\nX: 1',
      '\ud800',
      '?q=#x',
    ]
    const entries = keys.map((key) => ({
      key,
      title: '<b>',
      excerpt: '<script>alert(1)</script>x',
      description: null,
    }))
    const { results } = (await search('keys', entries)).structuredContent
    assert.equal(results.length, keys.length)
    for (const { url, snippet } of results) {
      assert.match(url, new RegExp(`^${stack.env.EXTERNAL_API_URL}/wiki/[\\w%.()!'*~-]+$`))
      assert.equal(new URL(url).search + new URL(url).hash, '')
      assert.doesNotMatch(snippet, /</)
    }
  })

  it('cannot read properties of Object.prototype through invalid entities', async () => {
    const excerpt = '&constructor; &__proto__; &toString; &amp;'
    const { results } = (await search('entities', [{ key: 'a', title: 'a', excerpt }])).structuredContent
    assert.equal(results[0].snippet, '&constructor; &__proto__; &toString; &')
  })

  it('cannot block the event loop with unclosed tags', async () => {
    const startedAt = performance.now()
    for (const part of ['<', '<span class="searchmatch">', '&']) {
      const excerpt = part.repeat(Math.floor(900_000 / part.length))
      assert.notEqual((await search(`long ${part}`, [{ key: 'a', title: 'a', excerpt }])).isError, true)
    }
    // Quadratic time took minutes.
    assert.ok(performance.now() - startedAt < 30_000)
  })

  it('gets its response rejected when the shape is invalid', async () => {
    const poisoned = JSON.parse('{"__proto__":{"key":"a"},"constructor":1}')
    for (const [index, entry] of [
      null,
      7,
      'text',
      [],
      {},
      { key: 1, title: 2, excerpt: 3 },
      poisoned,
    ].entries()) {
      const result = await search(`shape ${index}`, [entry])
      assert.match(result.content[0].text, /^(upstream_error|unavailable): /)
    }
  })
})

it('hostile input logs no error except failures of the external API', () => {
  const failures = stack.server.lines.filter(
    (line) =>
      line.level === 'error' && !['upstream_error', 'unavailable'].includes(String(line['error.code'])),
  )
  assert.deepEqual(failures, [])
})
