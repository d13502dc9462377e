import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from '../support/cleanup.ts'
import { postModern } from '../support/raw.ts'
import { cached, tryCommands, unreachableSettings } from '../support/sample-calls.ts'

/** A separate checkout, because a checkout has one launcher at a time; with a space in its path. */
function copyOfCheckout(): string {
  const parent = mkdtempSync(join(tmpdir(), 'mcp-launcher-'))
  afterFile(() => rmSync(parent, { recursive: true, force: true }))
  chmodSync(parent, 0o755)
  const checkout = join(parent, 'a b')
  mkdirSync(checkout)
  for (const name of [
    'package.json',
    'tsconfig.json',
    'dist',
    'dev',
    'src',
    'docs',
    'migrations',
    'public',
  ]) {
    cpSync(name, join(checkout, name), { recursive: true })
  }
  symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'))
  return checkout
}

describe('npm start', () => {
  let checkout: string
  let port: number
  /** Of a launcher that was killed. */
  let left: number[]
  before(async () => {
    checkout = copyOfCheckout()
    port = await freePort()
  })

  async function start(): Promise<{ launcher: ChildProcess; output: () => string; pids: number[] }> {
    const launcher = spawn(process.execPath, ['--import', 'tsx', 'dev/start/main.ts'], {
      cwd: checkout,
      // A reachable Wikipedia would make the start depend on the network.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port), ...unreachableSettings },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    afterFile(() => launcher.kill('SIGKILL'))
    let output = ''
    for (const stream of [launcher.stdout, launcher.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    for (let tries = 0; tries < 1_200 && !output.includes('Ctrl-C stops'); tries++) await delay(100)
    assert.match(output, /is ready/, output)
    const record = JSON.parse(readFileSync(join(checkout, '.local/services.json'), 'utf8'))
    const pids = record.children.map(({ pid }: { pid: number }) => pid)
    return { launcher, output: () => output, pids }
  }

  const running = (pids: number[]) =>
    pids.filter((pid) => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    })

  /** The lifeline sends a stop signal first, and SIGKILL after some seconds. */
  async function assertAllExit(pids: number[]): Promise<void> {
    for (let tries = 0; tries < 80 && running(pids).length > 0; tries++) await delay(100)
    assert.deepEqual(running(pids), [])
  }

  async function assertCallSucceeds(): Promise<void> {
    const url = new URL(`http://localhost:${port}/mcp`)
    const { message, text } = await postModern(url, 'tools/call', cached.call)
    assert.notEqual(message.result.isError, true, text)
  }

  /** Without any backend installed: one call as result, log line, metrics and trace. */
  async function assertTryShowsAllSignals(): Promise<void> {
    const { tool, words, span } = tryCommands.right
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'dev/try/main.ts', tool, ...words],
      { cwd: checkout, env: { PATH: process.env.PATH } },
    )
    assert.match(stdout, new RegExp(`^http://localhost:${port}/mcp `))
    const [, traceId] = /TRACE {2}(\S+) {2}\.local\/spans\.jsonl\n/.exec(stdout) ?? []
    assert.match(
      stdout,
      new RegExp(`LOG LINE {2}\\.local/log\\.jsonl\n[\\s\\S]*trace_id +${traceId}\n`),
      stdout,
    )
    assert.match(stdout, tryCommands.right.shows)
    assert.match(stdout, new RegExp(`1 → 2 +mcp_tool_calls_total\\{tool_name="${tool}",status="success"\\}`))
    assert.match(stdout, new RegExp(`POST /mcp .*\\n(.*\\n)* {2}tools/call ${tool} .*\\n(.*\\n)* {4}${span}`))
  }

  it('serves calls and prints its services', async () => {
    const { launcher, output, pids } = await start()
    await assertCallSucceeds()
    assert.match(output(), /Database +PostgreSQL 18/)
    assert.match(output(), new RegExp(`claude mcp add .*localhost:${port}/mcp`))
    await assertTryShowsAllSignals()
    // Server, Postgres, and Redis or its substitute.
    assert.ok(pids.length >= 3, `${pids}`)
    launcher.kill('SIGKILL')
    left = pids
  })

  it('restarts at once after SIGKILL; neither SIGKILL nor SIGINT leaves a process', async () => {
    const { launcher, pids } = await start()
    await assertCallSucceeds()
    await assertAllExit(left)
    launcher.kill('SIGINT')
    assert.deepEqual(await once(launcher, 'exit'), [0, null])
    assert.deepEqual(running(pids), [])
  })
})
