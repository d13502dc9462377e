import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import pg from 'pg'
import { acceptsConnections, freePort } from '../../../dev/launcher/loopback-port.ts'
import { storeKey } from '../../support/api-keys.ts'
import { afterFile } from '../../support/cleanup.ts'
import { connectModern } from '../../support/clients.ts'
import { openTestDatabase } from '../../support/database.ts'
import { bearer, postLegacy, postModern } from '../../support/raw.ts'
import { startServer } from '../../support/server.ts'
import { type Stack, sharedStack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${stack.server.url}${path}`, { headers })

const runCommand = (name: string, args: string[], env: Record<string, string>) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { PATH: process.env.PATH ?? '', ...env } }
    execFile(process.execPath, [`dist/commands/${name}.js`, ...args], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

describe('GET /documents/:id', () => {
  it('serves the document as a page without external resources or scripts', async () => {
    const page = await get('/documents/guides.quick-start')
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-type') ?? '', /text\/html/)
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(page.headers.get('x-powered-by'), null)
    assert.match(await page.text(), /<h1>Quick start<\/h1>/)
  })

  it('has one heading of the first level, regardless of those in the text', async () => {
    const texts = {
      'heading-fence': '```sh\n# as root\n```',
      'heading-setext': 'Install\n=======\n\ntext',
      'heading-indented': '  # Install\n\ntext',
    }
    for (const [id, text] of Object.entries(texts)) {
      await postModern(stack.server.mcpUrl, 'tools/call', {
        name: 'add_document',
        arguments: { id, title: 'Install', text },
      })
      const html = await (await get(`/documents/${id}`)).text()
      assert.equal(html.match(/<h1>Install<\/h1>/g)?.length, 1, id)
    }
  })

  it('requires the scope of the tool "fetch"', async () => {
    const server = await startServer({ ...stack.env, AUTH_MODE: 'api-key' })
    const page = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${server.url}${path}`, { headers })
    const [documentsKey, webKey] = await Promise.all(
      ['documents:read', 'web:read'].map((scopes) => storeKey(stack.env.DATABASE_URL ?? '', scopes)),
    )
    const path = '/documents/guides.quick-start'
    const rejected = await page(path, { accept: 'text/html' })
    assert.equal(rejected.status, 401)
    assert.match(rejected.headers.get('www-authenticate') ?? '', /^Bearer /)
    const text = await rejected.text()
    assert.match(text, /<h1>401<\/h1>/)
    assert.doesNotMatch(text, /Quick start/)
    const forbidden = await page(path, bearer(webKey?.key ?? ''))
    assert.equal(forbidden.status, 403)
    assert.match(
      forbidden.headers.get('www-authenticate') ?? '',
      /insufficient_scope.*scope="documents:read"/,
    )
    assert.equal((await page('/documents/nope')).status, 401)
    const shown = await page(path, bearer(documentsKey?.key ?? ''))
    assert.equal(shown.status, 200)
    assert.match(await shown.text(), /<h1>Quick start<\/h1>/)
  })
})

describe('fetch', () => {
  it('returns the URL of its own server when two deployments share a cache', async () => {
    const PUBLIC_URL = 'https://mcp.example.org'
    const other = await startServer({ ...stack.env, PUBLIC_URL })
    const call = { name: 'fetch', arguments: { id: 'guides.quick-start' } }
    for (const [{ mcpUrl }, publicUrl] of [
      [stack.server, stack.server.url],
      [other, PUBLIC_URL],
    ] as const) {
      const { structuredContent } = (await postModern(mcpUrl, 'tools/call', call)).message.result
      assert.ok(structuredContent.url.startsWith(`${publicUrl}/`), structuredContent.url)
    }
  })
})

describe('search_all', () => {
  it('requires the scopes of both sources, also in its listing', async () => {
    const server = await startServer({ ...stack.env, AUTH_MODE: 'api-key' })
    const call = { name: 'search_all', arguments: { query: 'quick start' } }
    for (const [scopes, missing] of [
      ['documents:read', /needs the scope "web:read"/],
      ['web:read', /needs the scope "documents:read"/],
      ['documents:write', /needs the scopes "documents:read" and "web:read"/],
      ['documents:read,web:read', undefined],
    ] as const) {
      const { key } = await storeKey(stack.env.DATABASE_URL ?? '', scopes)
      const { status, message } = await postModern(server.mcpUrl, 'tools/call', call, bearer(key))
      assert.equal(status, missing ? 403 : 200, scopes)
      if (missing) assert.match(message.error.message, missing)
      const listed = (await postModern(server.mcpUrl, 'tools/list', {}, bearer(key))).message.result.tools
      assert.equal(
        listed.some(({ name }: { name: string }) => name === call.name),
        missing === undefined,
      )
    }
  })
})

describe('text of third parties', () => {
  it('is marked in the results of tools and in resources, and nothing else is', async () => {
    const mark = { 'observable-mcp-server/third-party-text': true }
    for (const send of [postModern, postLegacy]) {
      const contentOf = async (name: string, args: object) =>
        (await send(stack.server.mcpUrl, 'tools/call', { name, arguments: args })).message.result.content[0]
      for (const [name, args] of Object.entries({
        search: { query: 'quick start' },
        fetch: { id: 'guides.quick-start' },
        search_all: { query: 'quick start' },
        search_wikipedia: { query: 'prometheus' },
      }))
        assert.deepEqual((await contentOf(name, args))._meta, mark, name)
      assert.equal((await contentOf('add_document', { title: 'Marked', text: 'text' }))._meta, undefined)
      const uri = 'document://guides.quick-start'
      const { contents } = (await send(stack.server.mcpUrl, 'resources/read', { uri })).message.result
      assert.deepEqual(contents[0]._meta, mark)
    }
  })
})

describe('add_document', () => {
  it('fails with quota_exceeded and names the limit when a caller has added too many', async () => {
    const server = await startServer({ ...stack.env, AUTH_MODE: 'api-key', MAX_DOCUMENTS_PER_CALLER: '2' })
    const add = async (key: string, title: string) => {
      const call = { name: 'add_document', arguments: { title, text: 'quota' } }
      return (await postModern(server.mcpUrl, 'tools/call', call, bearer(key))).message.result
    }
    const [one, two] = await Promise.all(
      [1, 2].map(() => storeKey(stack.env.DATABASE_URL ?? '', 'documents:write')),
    )
    const results = []
    for (const title of ['Quota a', 'Quota b', 'Quota c']) results.push(await add(one?.key ?? '', title))
    assert.deepEqual(
      results.map(({ isError }) => isError === true),
      [false, false, true],
    )
    assert.match(
      results[2].content[0].text,
      /^quota_exceeded: .*each caller can add 2 documents \(MAX_DOCUMENTS_PER_CALLER\)/,
    )
    assert.equal((await add(one?.key ?? '', 'Quota a')).structuredContent.created, false)
    assert.equal((await add(two?.key ?? '', 'Quota d')).structuredContent.created, true)
  })
})

describe('documents while Postgres is unavailable', () => {
  it('makes tools on Postgres return unavailable within 5 s and search_all a partial result', async () => {
    const server = await startServer({ ...stack.env, DATABASE_URL: 'postgres://app@127.0.0.1:1/app' })
    for (const send of [postModern, postLegacy]) {
      const startedAtMs = performance.now()
      const answer = await send(server.mcpUrl, 'tools/call', {
        name: 'fetch',
        arguments: { id: 'guides.quick-start' },
      })
      assert.match(answer.message.result.content[0].text, /^unavailable: /)
      assert.ok(performance.now() - startedAtMs < 5_000)
    }
    const partial = (
      await postModern(server.mcpUrl, 'tools/call', {
        name: 'search_all',
        arguments: { query: 'prometheus' },
      })
    ).message.result.structuredContent
    assert.deepEqual(
      partial.missing.map(({ source }: { source: string }) => source),
      ['documents'],
    )
    assert.ok(partial.wikipedia.length > 0)
    assert.equal((await fetch(`${server.url}/documents/guides.quick-start`)).status, 503)
    assert.equal((await postModern(server.mcpUrl, 'tools/list')).status, 200)
  })
})

describe('a large document', () => {
  it('arrives complete at a slow reader during shutdown', async () => {
    const server = await startServer(stack.env)
    const document = { title: 'Large', text: '€'.repeat(190_000) }
    const { id } = (
      await postModern(server.mcpUrl, 'tools/call', { name: 'add_document', arguments: document })
    ).message.result.structuredContent
    // The responses of the batch exceed the socket buffers between server and client.
    const count = 12
    const batch = Array.from({ length: count }, (_, n) => ({
      jsonrpc: '2.0',
      id: n,
      method: 'tools/call',
      params: { name: 'fetch', arguments: { id } },
    }))
    const response = await fetch(server.mcpUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-03-26',
      },
      body: JSON.stringify(batch),
    })
    await server.line(
      () => server.lines.filter((line) => line['gen_ai.tool.name'] === 'fetch').length === count,
    )
    const stopped = server.stop('SIGTERM')
    await until(async () => !(await acceptsConnections(Number(new URL(server.url).port), '127.0.0.1')))
    const answers = (await response.text()).split('\n').filter((line) => line.startsWith('data: {'))
    assert.equal(answers.length, count)
    for (const answer of answers)
      assert.equal(JSON.parse(answer.slice(6)).result.structuredContent.text.length, document.text.length)
    assert.equal(await stopped, 0)
  })
})

describe('npm run db:ingest', () => {
  it('loads a folder, invalidates the cache of running servers and changes nothing the second time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-ingest-'))
    afterFile(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'note.md'), '# Zyzzyva\n\nA small weevil.')
    const client = await connectModern(stack.server.mcpUrl)
    const search = async () =>
      (
        (await client.callTool({ name: 'search', arguments: { query: 'zyzzyva' } })).structuredContent as {
          results: { id: string }[]
        }
      ).results.map(({ id }) => id)
    assert.deepEqual(await search(), [])
    const first = await runCommand('ingest', [folder, '--as', 'animals'], stack.env)
    assert.deepEqual([first.code, first.stdout], [0, '1 added, 0 updated, 0 unchanged\n'])
    assert.match(first.stderr, /^1 of 1 files$/m)
    assert.deepEqual(await search(), ['animals.note'])
    assert.equal(
      (await runCommand('ingest', [folder, '--as', 'animals'], stack.env)).stdout,
      '0 added, 0 updated, 1 unchanged\n',
    )
    writeFileSync(join(folder, 'bad.md'), Buffer.from([0xff]))
    const failed = await runCommand('ingest', [folder, '--as', 'animals'], stack.env)
    assert.equal(failed.code, 1)
    assert.equal(
      failed.stderr,
      'bad.md:1: not valid UTF-8\n1 of 2 files invalid. Nothing was loaded. --skip-bad loads the others.\n',
    )
  })

  it('resolves the folder from where npm is called, and reports what it left out with --skip-bad', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-ingest-'))
    afterFile(() => rmSync(folder, { recursive: true }))
    mkdirSync(join(folder, 'my docs'))
    mkdirSync(join(folder, '.git'))
    writeFileSync(join(folder, 'my docs', 'fine.md'), '---\nurl: /fine/\n---\n# Fine')
    writeFileSync(join(folder, 'my docs', 'empty.md'), '')
    const fromNpm = { ...stack.env, npm_lifecycle_event: 'db:ingest', INIT_CWD: join(folder, 'my docs') }
    const found = await runCommand('ingest', ['..', '--as', 'odd', '--skip-bad'], fromNpm)
    assert.equal(found.code, 0)
    assert.equal(
      found.stdout,
      '1 added, 0 updated, 0 unchanged\nLeft out: invalid files: 1 (my docs/empty.md); hidden: 1 (.git)\n',
    )
    assert.match(
      found.stderr,
      /^warning: my docs\/fine\.md: "url" left out: .*\nskipped: my docs\/empty\.md: the file is empty$/m,
    )
  })

  it('loads nothing when SIGINT interrupts it, and exits with 130', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-ingest-'))
    afterFile(() => rmSync(folder, { recursive: true }))
    for (let n = 0; n < 4_500; n++) writeFileSync(join(folder, `interrupted-${n}.md`), `# ${n}`)
    // The last batch waits for this transaction, so the load cannot end before the signal.
    const holder = new pg.Client({ connectionString: stack.env.DATABASE_URL ?? '' })
    await holder.connect()
    afterFile(() => holder.end())
    await holder.query('begin')
    await holder.query(
      `insert into documents (id, title, text, source, content_hash) values ('interrupted-999', 'x', 'x', 'x', 'x')`,
    )
    const child = spawn(process.execPath, ['dist/commands/ingest.js', folder], {
      env: { PATH: process.env.PATH ?? '', ...stack.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    afterFile(() => child.kill('SIGKILL'))
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      if (stderr === '') child.kill('SIGINT')
      stderr += chunk
    })
    assert.deepEqual(await once(child, 'close'), [130, null])
    await holder.query('rollback')
    assert.match(stderr, /^2000 of 4500 files\n[\s\S]*Interrupted\. Nothing was loaded\.\n$/)
    const response = await fetch(`${stack.server.url}/documents/interrupted-0`)
    assert.equal(response.status, 404)
  })

  it('exits with 2 and prints its usage on invalid arguments', async () => {
    for (const args of [[], ['a', 'b'], ['--nope']]) {
      const { code, stderr } = await runCommand('ingest', args, stack.env)
      assert.equal(code, 2)
      assert.match(stderr, /Usage: npm run db:ingest/)
    }
  })
})

describe('the documents table', () => {
  it('contains the guides and has its search indexes', async () => {
    const database = await openTestDatabase()
    const [row] = await database.query<{ count: number }>(
      `select count(*)::int as count from documents where id like 'guides.%'`,
    )
    assert.ok((row?.count ?? 0) >= 7)
    const indexes = await database.query<{ name: string; definition: string }>(
      `select indexname as name, indexdef as definition from pg_indexes where schemaname = 'public'`,
    )
    const definitionOf = (wanted: string) => indexes.find(({ name }) => name === wanted)?.definition ?? ''
    assert.match(definitionOf('documents_search'), /gin \(search\)/i)
    assert.match(definitionOf('documents_search_heading'), /gin \(ts_filter\(search/i)
    assert.match(definitionOf('document_words_alike'), /gin_trgm_ops/)
    // Otherwise, completion of ids would read the whole index in most locales.
    const [id] = await database.query<{ collation: string }>(
      `select collation_name as collation from information_schema.columns
       where table_name = 'documents' and column_name = 'id'`,
    )
    assert.equal(id?.collation, 'C')
  })
})

describe('the page of a runbook', () => {
  it('is served from its file while Postgres is down, which its alert reports', async () => {
    const closed = `postgres://mcp:mcp@127.0.0.1:${await freePort()}/mcp`
    const server = await startServer({ ...stack.env, DATABASE_URL: closed })
    const page = (id: string) => fetch(`${server.url}/documents/${id}`, { headers: { accept: 'text/html' } })
    const runbook = await page('runbooks.dependency-down')
    assert.equal(runbook.status, 200)
    assert.match(await runbook.text(), /<h1[^>]*>DependencyDown</)
    assert.match(
      await (await page('runbooks.target-down')).text(),
      /href="\/documents\/runbooks\.target-absent"/,
    )
    for (const id of ['guides.logs', 'runbooks.nothing-here']) assert.equal((await page(id)).status, 503, id)
    await server.stop()
  })
})
