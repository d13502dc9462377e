import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../dev/launcher/loopback-port.ts'

/** Memory in bytes and active resources of a process after a full garbage collection. */
export interface Probe {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
  /** Number of timers, sockets and other active resources, by type. */
  readonly resources: Readonly<Record<string, number>>
}

/** The built server as a child process that reports its memory and active resources. */
export interface ProbedServer {
  /** Without a trailing slash. */
  readonly url: string
  readonly mcpUrl: URL
  readonly port: number
  readonly pid: number
  isRunning(): boolean
  /** Standard error, which is expected to be empty. */
  stderr(): string
  probe(): Promise<Probe>
  stop(): Promise<void>
}

export interface ProbedServerOptions {
  readonly env: Readonly<Record<string, string>>
  /** Called with every raw line of the log. */
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
  let isListening = false
  if (child.stdout === null) throw new Error('the server has no standard output')
  const lines = createInterface({ input: child.stdout }).on('line', onLine)
  const listening = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (isListening || !line.includes('"listening"')) return
      isListening = true
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
  if (!isListening) {
    await stop()
    throw new Error(`the server did not listen within ${startTimeoutMs / 1_000} s\n${stderr}`)
  }
  return {
    url,
    mcpUrl: new URL(`${url}/mcp`),
    port,
    pid: child.pid ?? 0,
    isRunning,
    stderr: () => stderr,
    async probe() {
      const message = once(child, 'message', { signal: AbortSignal.timeout(30_000) })
      child.send('probe')
      return (await message)[0] as Probe
    },
    stop,
  }
}
