import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from '../support/cleanup.ts'
import { connectModern } from '../support/clients.ts'
import { modernRequest, postModern } from '../support/raw.ts'
import { cached, injectLatency, writeCall } from '../support/sample-calls.ts'
import { untilInFlight } from '../support/scrape.ts'
import { spawnServer, startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

const runCommand = (name: string, args: string[], env: Record<string, string>) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { PATH: process.env.PATH ?? '', ...env } }
    execFile(process.execPath, [`dist/commands/${name}.js`, ...args], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

describe('configuration at startup', () => {
  it('exits at once on invalid variables and reports all of them without their values', async () => {
    const { code, stdout, stderr } = await runCommand('../main', [], {
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

  it('reads .env and lets the environment take precedence', async () => {
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

describe('the listener', () => {
  it('accepts IPv6 and IPv4 on ::, and keeps idle connections for KEEP_ALIVE_TIMEOUT_MS', async () => {
    const PORT = String(await freePort())
    const own = { HOST: '::', PORT, OPS_PORT: PORT, ALLOW_ANONYMOUS: 'true', KEEP_ALIVE_TIMEOUT_MS: '700000' }
    await startServer({ ...stack.env, ...own })
    for (const host of ['127.0.0.1', '[::1]']) {
      const response = await fetch(`http://${host}:${PORT}/livez`)
      assert.equal(response.status, 200, host)
      assert.equal(response.headers.get('keep-alive'), 'timeout=700')
    }
  })
})

describe('a call whose client disconnects', () => {
  it('is cancelled and logged as cancelled, in both protocol revisions', async () => {
    const slowness = injectLatency(stack, 'forever')
    const [modern, legacy] = [slowness.call(), slowness.call()]
    for (const [revision, headers, body] of [
      [
        '2026-07-28',
        { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': modern.name },
        modernRequest('tools/call', modern),
      ],
      [
        '2025-11-25',
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
      await untilInFlight(stack.server.url)
      caller.abort()
      await assert.rejects(reading)
      const line = await stack.server.line(
        (line) => stack.server.lines.indexOf(line) >= before && line['gen_ai.tool.name'] === modern.name,
      )
      assert.deepEqual([line.outcome, line['error.type']], ['cancelled', 'cancelled'], revision)
      assert.ok(Number(line.duration_ms) < 5_000)
    }
    slowness.end()
  })
})

describe('a server without Redis', () => {
  it('starts and serves calls with every Redis topology unavailable', async () => {
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
  it('finishes in-flight calls, refuses new connections and exits with 0', async () => {
    const server = await spawnServer(stack.env)
    const slowness = injectLatency(stack, 1_500)
    let answered = false
    const call = postModern(server.mcpUrl, 'tools/call', slowness.call()).finally(() => {
      answered = true
    })
    await untilInFlight(server.url)
    const stopped = server.stop('SIGTERM')
    const isRefused = () =>
      fetch(server.url).then(
        () => false,
        () => true,
      )
    while (!(await isRefused())) assert.ok(!answered, 'new connections were accepted until the call ended')
    const answer = await call
    assert.equal(answer.status, 200)
    assert.notEqual(answer.message.result.isError, true)
    assert.equal(await stopped, 0)
    slowness.end()
  })
})
