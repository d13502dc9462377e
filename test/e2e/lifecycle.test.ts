import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../support/cleanup.ts'
import { connectModern } from '../support/clients.ts'
import { modernRequest, postModern } from '../support/raw.ts'
import { cached, injectLatency, writeCall } from '../support/sample-calls.ts'
import { startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

const program = (name: string, args: string[], env: Record<string, string>) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { PATH: process.env.PATH ?? '', ...env } }
    execFile(process.execPath, [`dist/commands/${name}.js`, ...args], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

describe('the configuration of a process', () => {
  it('that is wrong ends it at once, with all problems and no values', async () => {
    const { code, stdout, stderr } = await program('../main', [], {
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
    afterFile(() => rmSync(folder, { recursive: true }))
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
    const slowness = injectLatency(stack, 'forever')
    const [modern, legacy] = [slowness.call(), slowness.call()]
    for (const [era, headers, body] of [
      [
        'modern',
        { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': modern.name },
        modernRequest('tools/call', modern),
      ],
      [
        'legacy',
        { 'mcp-protocol-version': '2025-11-25' },
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: legacy,
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
        (line) => stack.server.lines.indexOf(line) >= before && line['gen_ai.tool.name'] === modern.name,
      )
      assert.deepEqual([line.outcome, line['error.type']], ['cancelled', 'cancelled'], era)
      assert.ok(Number(line.duration_ms) < 5_000)
    }
    slowness.end()
  })
})

describe('a dependency that is away', () => {
  it('costs nothing but speed when it is Redis, of whatever kind', async () => {
    for (const REDIS_URL of [
      'redis://127.0.0.1:1',
      'redis+sentinel://127.0.0.1:1,127.0.0.1:2/mymaster',
      'redis+cluster://127.0.0.1:1',
    ]) {
      const server = await startServer({ ...stack.env, REDIS_URL })
      const client = await connectModern(server.mcpUrl)
      for (let n = 0; n < 2; n++) {
        const result = await client.callTool(cached.call)
        assert.notEqual(result.isError, true)
      }
      if (writeCall) assert.notEqual((await client.callTool(writeCall.call)).isError, true)
      assert.equal(await server.stop(), 0)
    }
  })
})

describe('SIGTERM', () => {
  it('lets calls in flight finish, then ends with 0', async () => {
    const server = await startServer(stack.env)
    const slowness = injectLatency(stack, 800)
    const call = postModern(server.mcpUrl, 'tools/call', slowness.call())
    await delay(300)
    const stopped = server.stop('SIGTERM')
    await delay(100)
    await assert.rejects(fetch(server.url), 'it accepts nothing new')
    const answer = await call
    assert.equal(answer.status, 200)
    assert.notEqual(answer.message.result.isError, true)
    assert.equal(await stopped, 0)
    slowness.end()
  })
})
