import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from '../launcher/child.ts'
import { createLifeline, type Lifeline } from '../launcher/lifeline.ts'
import { freePort } from '../launcher/loopback-port.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { waitFor } from '../lib/wait-for.ts'
import type { Service } from './service.ts'

/** Generous, because a loaded machine takes its time; a Redis that fails ends at once. */
const readyTimeoutMs = 60_000
const stopGraceMs = 5_000

type Command = { engine: string; file: string; args: string[] }

/**
 * Starts an empty Redis on 127.0.0.1 that keeps nothing: the real one from PATH, else a substitute
 * in JavaScript. `DEV_REDIS=substitute` in `env` asks for the substitute.
 */
export async function startRedis({
  port: wantedPort,
  lifeline: sharedLifeline,
  env = process.env,
}: {
  port?: number
  lifeline?: Lifeline
  env?: NodeJS.ProcessEnv
} = {}): Promise<Service> {
  const port = wantedPort ?? (await freePort())
  const directory = mkdtempSync(join(tmpdir(), 'dev-redis-'))
  const command = (env.DEV_REDIS !== 'substitute' && realRedis(port, directory)) || substitute(port)
  const lifeline = sharedLifeline ?? createLifeline()
  const child = startChild(command.file, command.args, {
    lifeline,
    stopSignal: 'SIGTERM',
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  async function stop() {
    await child.stop(stopGraceMs)
    if (!sharedLifeline) lifeline.close()
  }
  try {
    await untilReady(child, port, command.engine)
  } catch (error) {
    await stop()
    throw error
  } finally {
    // It runs on without its folder, so none is left behind even when everything is killed.
    rmSync(directory, { recursive: true, force: true })
  }
  child.unref()
  return { url: `redis://127.0.0.1:${port}`, engine: command.engine, pid: child.pid ?? 0, stop }
}

function realRedis(port: number, directory: string): Command | undefined {
  for (const file of ['redis-server', 'valkey-server']) {
    const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' })
    const [, version, major, minor] = /v=((\d+)\.(\d+)\S*)/.exec(stdout ?? '') ?? []
    // ioredis 6 speaks RESP3, which wants Redis 6.2.
    if (!version || Number(major) * 100 + Number(minor) < 602) continue
    const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory]
    return {
      engine: `${file} ${version} (from PATH)`,
      file,
      args: ['--port', String(port), ...settings],
    }
  }
  return undefined
}

function substitute(port: number): Command {
  const manifest = new URL('../../package.json', import.meta.resolve('js-redis-server'))
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  const script = fileURLToPath(new URL('redis-substitute.ts', import.meta.url))
  return {
    engine: `js-redis-server ${version} (pure JavaScript substitute; install redis-server for the real one)`,
    file: process.execPath,
    args: ['--import', import.meta.resolve('tsx'), script, String(port)],
  }
}

async function untilReady(child: Child, port: number, engine: string): Promise<void> {
  const options = { everyMs: 20, timeoutMs: readyTimeoutMs, while: child.isRunning }
  if (await waitFor(async () => (await answersPing(port)) || undefined, options)) return
  const what = child.isRunning() ? `did not answer within ${readyTimeoutMs / 1000} s` : 'ended at once'
  throw new ExpectedError(
    `${engine} ${what} on port ${port}. Set REDIS_URL to use another Redis.\n${child.output().trim()}`,
  )
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
