import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChild } from '../launcher/child.ts'
import { createLifeline, type Lifeline } from '../launcher/lifeline.ts'
import { freePort } from '../launcher/loopback-port.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { waitFor } from '../lib/wait-for.ts'
import { randomPassword } from './passwords.ts'
import type { Service } from './service.ts'

/** Generous for loaded machines; a Redis that fails exits at once. */
const readyTimeoutMs = 60_000
const stopGraceMs = 5_000

type Command = { engine: string; file: string; args(settings: string): string[] }

export type RedisOptions = {
  /** Port and password as in the URL of an earlier Redis. Both are new by default. */
  url?: string
  lifeline?: Lifeline
}

/**
 * Starts an empty Redis on 127.0.0.1 without persistence: the real one from PATH, else a substitute in JavaScript,
 * which `DEV_REDIS=substitute` forces.
 */
export async function startRedis(options: RedisOptions = {}): Promise<Service> {
  const url = options.url ?? `redis://:${randomPassword()}@127.0.0.1:${await freePort()}`
  const { port, password } = new URL(url)
  const directory = mkdtempSync(join(tmpdir(), 'dev-redis-'))
  const forced = process.env.DEV_REDIS === 'substitute' ? substitute() : undefined
  const { engine, file, args } = forced ?? realRedis(directory) ?? substitute()
  // A file, because other users can read the arguments of a process.
  const settings = join(directory, 'redis.conf')
  const lines = ['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`]
  writeFileSync(settings, `${lines.join('\n')}\n`, { mode: 0o600 })
  const lifeline = options.lifeline ?? createLifeline()
  const child = startChild(file, args(settings), {
    lifeline,
    stopSignal: 'SIGTERM',
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  async function stop() {
    await child.stop(stopGraceMs)
    if (!options.lifeline) lifeline.close()
  }
  const isReady = await waitFor(() => answersPing(Number(port), password), {
    everyMs: 20,
    timeoutMs: readyTimeoutMs,
    while: child.isRunning,
  })
  // Redis does not need its folder; nothing is left behind even if everything is killed.
  rmSync(directory, { recursive: true, force: true })
  if (!isReady) {
    await stop()
    throw new ExpectedError(
      `${engine} did not start on port ${port}. Set REDIS_URL to use another Redis.\n${child.output().trim()}`,
    )
  }
  child.unref()
  return { url, engine, pid: child.pid ?? 0, stop }
}

function realRedis(directory: string): Command | undefined {
  for (const file of ['redis-server', 'valkey-server']) {
    const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' })
    const [, version, major, minor] = /v=((\d+)\.(\d+)\S*)/.exec(stdout ?? '') ?? []
    // RESP3 as ioredis 6 uses it needs Redis 6.2.
    if (!version || Number(major) * 100 + Number(minor) < 602) continue
    const memoryOnly = ['--save', '', '--appendonly', 'no', '--dir', directory]
    return {
      engine: `${file} ${version} (from PATH)`,
      file,
      args: (settings) => [settings, ...memoryOnly],
    }
  }
  return undefined
}

function substitute(): Command {
  const manifest = new URL('../package.json', import.meta.resolve('js-redis-server'))
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  const script = fileURLToPath(new URL('redis-substitute.ts', import.meta.url))
  return {
    engine: `js-redis-server ${version} (pure JavaScript substitute; install redis-server for the real one)`,
    file: process.execPath,
    args: (settings) => ['--import', import.meta.resolve('tsx'), script, settings],
  }
}

function answersPing(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 })
    socket.once('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    let replies = ''
    socket.on('data', (reply) => {
      replies += reply
      if (replies.split('\r\n').length < 3) return
      resolve(replies === '+OK\r\n+PONG\r\n')
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy())
    socket.once('error', () => {})
    socket.once('close', () => resolve(false))
  })
}
