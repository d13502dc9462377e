import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { storeKey } from '../../support/api-keys.ts'
import { afterFile } from '../../support/cleanup.ts'
import { connectModern } from '../../support/clients.ts'
import { openTestDatabase } from '../../support/database.ts'
import { bearer, postLegacy, postModern } from '../../support/raw.ts'
import { startServer } from '../../support/server.ts'
import { type Stack, sharedStack } from '../../support/stack.ts'

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

  it('escapes HTML in documents that callers added', async () => {
    const hostile = {
      title: '<script>alert("title")</script>',
      text: '<img src=x onerror=alert(1)>\n\n[link](javascript:alert(1))',
      tags: ['<b>'],
    }
    const { structuredContent } = (
      await postModern(stack.server.mcpUrl, 'tools/call', { name: 'add_document', arguments: hostile })
    ).message.result
    const html = await (await get(`/documents/${structuredContent.id}`)).text()
    assert.doesNotMatch(
      html,
      /<script(?! type="module" src="\/assets\/documents\.js"><)|<img|href="javascript|<b>/,
    )
  })

  it('answers 404 for unknown and invalid ids', async () => {
    for (const id of ['A', 'nope', '%00']) assert.equal((await get(`/documents/${id}`)).status, 404, id)
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
    await delay(500)
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
    assert.equal(failed.stderr, 'bad.md: not valid UTF-8\nNothing was loaded.\n')
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
    assert.match(definitionOf('document_words_alike'), /gin_trgm_ops/)
  })
})
