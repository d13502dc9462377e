import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from '../support/cleanup.ts'
import { otlpEnvironment, startOtlpReceiver } from '../support/otlp.ts'
import { postModern } from '../support/raw.ts'
import { plain } from '../support/sample-calls.ts'
import { scrape } from '../support/scrape.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

/** Starts a server whose output the test reads, or not. */
async function startUnread(env: Record<string, string> = {}) {
  const port = await freePort()
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', './dist/telemetry/register.js', 'dist/main.js'],
    {
      env: {
        PATH: process.env.PATH,
        ...stack.env,
        PORT: String(port),
        LOG_FORMAT: 'json',
        RATE_LIMIT: 'off',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  afterFile(() => child.kill('SIGKILL'))
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 600; tries++) {
    if (
      await fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break
    await delay(100)
  }
  const dropped = async () => (await scrape(url)).sum('mcp_log_lines_dropped_total')
  const call = async () => {
    const { message, text } = await postModern(new URL(`${url}/mcp`), 'tools/call', plain.call)
    assert.notEqual(message.result?.isError, true, text)
  }
  async function stop(): Promise<unknown> {
    child.kill('SIGTERM')
    return child.exitCode ?? (await once(child, 'exit'))[0]
  }
  return { child, url, call, dropped, stop, errors: () => errors }
}

describe('a server whose reader of standard output', () => {
  it('goes away, keeps serving, counts the lost lines and says so once on standard error', async () => {
    const server = await startUnread()
    await server.call()
    assert.equal(await server.dropped(), 0)
    server.child.stdout?.destroy()
    for (let n = 0; n < 10; n++) await server.call()
    const dropped = await server.dropped()
    assert.ok(dropped >= 9, `${dropped} lines`)
    assert.equal(await server.stop(), 0)
    assert.equal(server.errors(), 'standard output was closed (EPIPE): log lines are dropped\n')
  })
})

describe('standard output', () => {
  it('has only JSON lines with OTEL_LOG_LEVEL, whose diagnostics go to standard error', async () => {
    const otlp = await startOtlpReceiver()
    const server = await startUnread({ ...otlpEnvironment(otlp.url), OTEL_LOG_LEVEL: 'debug' })
    let text = ''
    server.child.stdout?.on('data', (chunk) => {
      text += chunk
    })
    await server.call()
    await otlp.span(({ name }) => name === `tools/call ${plain.call.name}`)
    assert.equal(await server.stop(), 0)
    for (const line of text.trim().split('\n')) JSON.parse(line)
    assert.match(server.errors(), /^OpenTelemetry: /m)
  })
})
