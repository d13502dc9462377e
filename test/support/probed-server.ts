import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../dev/launcher/loopback-port.ts'

/** What a process holds, after a full garbage collection. Sizes in bytes. */
export interface Probe {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
  /** Timers, sockets and the like that keep the process busy, by type. */
  readonly resources: Readonly<Record<string, number>>
}

/** A built server as a process that can be asked what it holds. */
export interface ProbedServer {
  /** Without a trailing slash. */
  readonly url: string
  readonly mcpUrl: URL
  readonly port: number
  readonly pid: number
  isRunning(): boolean
  /** What it wrote to standard error, where nothing is expected. */
  stderr(): string
  probe(): Promise<Probe>
  stop(): Promise<void>
}

export interface ProbedServerOptions {
  readonly env: Readonly<Record<string, string>>
  /** Given every line of its log, as it is. */
  readonly onLine: (line: string) => void
}

const startTimeoutMs = 60_000
const stopGraceMs = 15_000

export async function startProbedServer({ env, onLine }: ProbedServerOptions): Promise<ProbedServer> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const preloads = [new URL('probe.mjs', import.meta.url).href, './dist/telemetry/register.js']
  const child = spawn(
    process.execPath,
    ['--expose-gc', ...preloads.flatMap((module) => ['--import', module]), 'dist/main.js'],
    {
      env: { PATH: process.env.PATH ?? '', PORT: String(port), PUBLIC_URL: url, LOG_FORMAT: 'json', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-100_000)
  })
  let listensYet = false
  if (child.stdout === null) throw new Error('the server has no standard output')
  const lines = createInterface({ input: child.stdout }).on('line', onLine)
  const listening = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (listensYet || !line.includes('"listening"')) return
      listensYet = true
      resolve()
    })
  })
  const exited = once(child, 'exit')
  const isRunning = () => child.exitCode === null && child.signalCode === null

  async function stop(): Promise<void> {
    if (!isRunning()) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs)
    await exited
    clearTimeout(timer)
  }

  await Promise.race([listening, exited, delay(startTimeoutMs, undefined, { ref: false })])
  if (!listensYet) {
    await stop()
    throw new Error(`the server does not listen\n${stderr}`)
  }
  return {
    url,
    mcpUrl: new URL(`${url}/mcp`),
    port,
    pid: child.pid ?? 0,
    isRunning,
    stderr: () => stderr,
    async probe() {
      const answer = once(child, 'message', { signal: AbortSignal.timeout(30_000) })
      child.send('probe')
      return (await answer)[0] as Probe
    },
    stop,
  }
}
