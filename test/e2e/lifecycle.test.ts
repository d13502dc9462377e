import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { atEnd } from '../support/cleanup.ts'
import { connectModern, connectV1 } from '../support/clients.ts'
import { openTestDatabase } from '../support/database.ts'
import { modernRequest, postLegacy, postModern } from '../support/raw.ts'
import { startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await startStack()
})

const program = (name: string, args: string[], env: Record<string, string>) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { PATH: process.env.PATH ?? '', ...env } }
    execFile(process.execPath, [`dist/${name}.js`, ...args], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

describe('the configuration of a process', () => {
  it('that is wrong ends it at once, with all problems and no values', async () => {
    const { code, stdout, stderr } = await program('main', [], {
      PORT: 'eighty',
      REDIS_URL: 'redis://:hunter2@x y',
      DATABASE_URL: 'hunter2',
    })
    assert.notEqual(code, 0)
    assert.equal(stdout, '')
    assert.match(stderr, /PORT: must be a port number/)
    assert.match(stderr, /DATABASE_URL: must be a URL/)
    assert.doesNotMatch(stderr, /hunter2|eighty|\bat /)
  })

  it('comes from .env too, where the environment does not say otherwise', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-env-'))
    atEnd(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, '.env'), 'PORT=from-file\nLOG_LEVEL=loud\n')
    const { stderr } = await new Promise<{ stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        [join(process.cwd(), 'dist/main.js')],
        { cwd: folder, env: { LOG_LEVEL: 'info' } },
        (_error, _stdout, stderr) => resolve({ stderr }),
      )
    })
    assert.match(stderr, /PORT: must be a port number/)
    assert.doesNotMatch(stderr, /LOG_LEVEL/)
  })
})

describe('a call whose caller goes away', () => {
  it('is cancelled in both eras, and logged as cancelled', async () => {
    stack.api.setFault({ kind: 'frozen' })
    for (const [era, headers, body] of [
      [
        'modern',
        { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'search_wikipedia' },
        modernRequest('tools/call', { name: 'search_wikipedia', arguments: { query: 'frozen modern' } }),
      ],
      [
        'legacy',
        { 'mcp-protocol-version': '2025-11-25' },
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'search_wikipedia', arguments: { query: 'frozen legacy' } },
        },
      ],
    ] as const) {
      const before = stack.server.lines.length
      const caller = new AbortController()
      const call = fetch(stack.server.mcpUrl, {
        method: 'POST',
        signal: caller.signal,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
        body: JSON.stringify(body),
      })
      const reading = call.then((response) => response.text())
      await delay(200)
      caller.abort()
      await assert.rejects(reading)
      const line = await stack.server.line(
        (line) =>
          stack.server.lines.indexOf(line) >= before && line['gen_ai.tool.name'] === 'search_wikipedia',
      )
      assert.deepEqual([line.outcome, line['error.type']], ['cancelled', 'cancelled'], era)
      assert.ok(Number(line.duration_ms) < 5_000)
    }
    stack.api.setFault(undefined)
  })
})

describe('a dependency that is away', () => {
  it('makes Postgres tools answer unavailable within two seconds, and the others go on', async () => {
    const server = await startServer({ ...stack.env, DATABASE_URL: 'postgres://app@127.0.0.1:1/app' })
    for (const send of [postModern, postLegacy]) {
      const began = performance.now()
      const answer = await send(server.mcpUrl, 'tools/call', {
        name: 'fetch',
        arguments: { id: 'guides.quick-start' },
      })
      assert.match(answer.message.result.content[0].text, /^unavailable: /)
      assert.ok(performance.now() - began < 5_000)
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

  it('costs nothing but speed when it is Redis, of whatever kind', async () => {
    for (const REDIS_URL of [
      'redis://127.0.0.1:1',
      'redis+sentinel://127.0.0.1:1,127.0.0.1:2/mymaster',
      'redis+cluster://127.0.0.1:1',
    ]) {
      const server = await startServer({ ...stack.env, REDIS_URL })
      const client = await connectModern(server.mcpUrl)
      for (let n = 0; n < 2; n++) {
        const result = await client.callTool({ name: 'search', arguments: { query: 'quick start' } })
        assert.notEqual(result.isError, true)
      }
      const added = await client.callTool({
        name: 'add_document',
        arguments: { title: `Without ${REDIS_URL}`, text: 'still works' },
      })
      assert.equal((added.structuredContent as { created: boolean }).created, true)
      assert.equal(await server.stop(), 0)
    }
  })

  it('is named when it is the external API, and partial answers are not kept', async () => {
    const client = await connectV1(stack.server.mcpUrl)
    stack.api.setFault({ kind: 'error' })
    const search = async () =>
      (await client.callTool({ name: 'search_all', arguments: { query: 'runbook' } })).structuredContent as {
        missing: unknown[]
        wikipedia: unknown[]
        documents: unknown[]
      }
    const partial = await search()
    assert.equal(partial.missing.length, 1)
    assert.ok(partial.documents.length > 0)
    stack.api.setFault(undefined)
    assert.deepEqual((await search()).missing, [])
  })
})

describe('SIGTERM', () => {
  it('lets an answer arrive whole that its client is slow to read', async () => {
    const server = await startServer(stack.env)
    const document = { title: 'Large', text: '€'.repeat(190_000) }
    const { id } = (
      await postModern(server.mcpUrl, 'tools/call', { name: 'add_document', arguments: document })
    ).message.result.structuredContent
    // A batch of a 2025 client: its answers are more than the buffers between server and client hold.
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

  it('lets calls in flight finish, then ends with 0', async () => {
    const server = await startServer(stack.env)
    stack.api.setFault({ kind: 'slow', delayMs: 800 })
    const call = postModern(server.mcpUrl, 'tools/call', {
      name: 'search_wikipedia',
      arguments: { query: `slow ${Date.now()}` },
    })
    await delay(300)
    const stopped = server.stop('SIGTERM')
    await delay(100)
    await assert.rejects(fetch(server.url), 'it accepts nothing new')
    const answer = await call
    assert.equal(answer.status, 200)
    assert.notEqual(answer.message.result.isError, true)
    assert.equal(await stopped, 0)
    stack.api.setFault(undefined)
  })
})

describe('the ingest program', () => {
  it('loads a folder, tells running servers, and does nothing the second time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-ingest-'))
    atEnd(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'note.md'), '# Zyzzyva\n\nA small weevil.')
    const client = await connectModern(stack.server.mcpUrl)
    const search = async () =>
      (
        (await client.callTool({ name: 'search', arguments: { query: 'zyzzyva' } })).structuredContent as {
          results: { id: string }[]
        }
      ).results.map(({ id }) => id)
    assert.deepEqual(await search(), [])
    const first = await program('ingest', [folder, '--as', 'animals'], stack.env)
    assert.deepEqual([first.code, first.stdout], [0, '1 added, 0 updated, 0 unchanged\n'])
    assert.match(first.stderr, /^1 of 1 files$/m)
    assert.deepEqual(await search(), ['animals.note'])
    assert.equal(
      (await program('ingest', [folder, '--as', 'animals'], stack.env)).stdout,
      '0 added, 0 updated, 1 unchanged\n',
    )
    writeFileSync(join(folder, 'bad.md'), Buffer.from([0xff]))
    const failed = await program('ingest', [folder, '--as', 'animals'], stack.env)
    assert.equal(failed.code, 1)
    assert.equal(failed.stderr, 'bad.md: it is not UTF-8 text\nNothing was loaded.\n')
  })

  it('says how it is used', async () => {
    for (const args of [[], ['a', 'b'], ['--nope']]) {
      const { code, stderr } = await program('ingest', args, stack.env)
      assert.equal(code, 2)
      assert.match(stderr, /Usage: npm run ingest/)
    }
  })
})

describe('the documents table', () => {
  it('comes with the corpus', async () => {
    const database = await openTestDatabase()
    const [row] = await database.query<{ count: number }>(
      `select count(*)::int as count from documents where id like 'guides.%'`,
    )
    assert.ok((row?.count ?? 0) >= 7)
  })
})
