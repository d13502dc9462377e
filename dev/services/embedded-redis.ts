import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChild } from '../launcher/child.ts'
import { createLifeline, type Lifeline } from '../launcher/lifeline.ts'
import { freePort } from '../launcher/loopback-port.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { waitFor } from '../lib/wait-for.ts'
import type { Service } from './service.ts'

/** Generous for loaded machines; a Redis that fails exits at once. */
const readyTimeoutMs = 60_000
const stopGraceMs = 5_000

type Command = { engine: string; file: string; args: string[] }

/**
 * Starts an empty Redis on 127.0.0.1 without persistence: the real one from PATH, else a substitute in JavaScript,
 * which `DEV_REDIS=substitute` forces.
 */
export async function startRedis(options: { port?: number; lifeline?: Lifeline } = {}): Promise<Service> {
  const port = options.port ?? (await freePort())
  const directory = mkdtempSync(join(tmpdir(), 'dev-redis-'))
  const forced = process.env.DEV_REDIS === 'substitute' ? substitute() : undefined
  const { engine, file, args } = forced ?? realRedis(directory) ?? substitute()
  const lifeline = options.lifeline ?? createLifeline()
  const child = startChild(file, [...args, String(port)], {
    lifeline,
    stopSignal: 'SIGTERM',
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  async function stop() {
    await child.stop(stopGraceMs)
    if (!options.lifeline) lifeline.close()
  }
  const isReady = await waitFor(() => answersPing(port), {
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
  return { url: `redis://127.0.0.1:${port}`, engine, pid: child.pid ?? 0, stop }
}

function realRedis(directory: string): Command | undefined {
  for (const file of ['redis-server', 'valkey-server']) {
    const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' })
    const [, version, major, minor] = /v=((\d+)\.(\d+)\S*)/.exec(stdout ?? '') ?? []
    // RESP3 as ioredis 6 uses it needs Redis 6.2.
    if (!version || Number(major) * 100 + Number(minor) < 602) continue
    const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory]
    return { engine: `${file} ${version} (from PATH)`, file, args: [...settings, '--port'] }
  }
  return undefined
}

function substitute(): Command {
  const manifest = new URL('../../package.json', import.meta.resolve('js-redis-server'))
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  const script = fileURLToPath(new URL('redis-substitute.ts', import.meta.url))
  return {
    engine: `js-redis-server ${version} (pure JavaScript substitute; install redis-server for the real one)`,
    file: process.execPath,
    args: ['--import', import.meta.resolve('tsx'), script],
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 })
    socket.once('connect', () => socket.write('*1\r\n$4\r\nPING\r\n'))
    socket.once('data', (reply) => {
      resolve(reply.toString().startsWith('+PONG'))
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy())
    socket.once('error', () => {})
    socket.once('close', () => resolve(false))
  })
}
