import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from './cleanup.ts'

export interface RunningServer {
  /** Without a trailing slash. */
  readonly url: string
  readonly mcpUrl: URL
  readonly child: ChildProcess
  /** Log lines so far. */
  readonly lines: Record<string, unknown>[]
  /** Resolves to the first log line that matches, written or still to come. */
  line(predicate: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** The same server with only the log lines that follow this call. */
  fromNow(): RunningServer
}

/** All calls of a suite come from one address. High limits keep the rate limiting code in use without a rejection. */
const generousLimits = {
  RATE_LIMIT_CALLER_PER_MINUTE: '1000000',
  RATE_LIMIT_TOOL_PER_MINUTE: '1000000',
  RATE_LIMIT_IP_PER_MINUTE: '1000000',
}

/** Starts the built server as a process, as `npm start` and the image do, on a free port unless `env` sets PORT. */
export async function startServer(env: Record<string, string>): Promise<RunningServer> {
  const port = Number(env.PORT ?? (await freePort()))
  const url = `http://${env.HOST ?? '127.0.0.1'}:${port}`
  const child = spawn(process.execPath, ['--import', './dist/telemetry/register.js', 'dist/main.js'], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: String(port),
      PUBLIC_URL: url,
      LOG_FORMAT: 'json',
      LOG_LEVEL: 'debug',
      ...generousLimits,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines: Record<string, unknown>[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line))
    for (const check of waiting) check()
  })
  const linesFrom = (start: number): RunningServer => ({
    url,
    mcpUrl: new URL(`${url}/mcp`),
    child,
    get lines() {
      return start === 0 ? lines : lines.slice(start)
    },
    line: (predicate) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`none of ${lines.length} log lines matched within 30 s`)),
          30_000,
        )
        let searched = start
        const check = () => {
          const found = lines.slice(searched).find(predicate)
          searched = lines.length
          if (found === undefined) return
          clearTimeout(timer)
          waiting.delete(check)
          resolve(found)
        }
        waiting.add(check)
        check()
      }),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await exited
      return child.exitCode
    },
    fromNow: () => linesFrom(lines.length),
  })
  const server = linesFrom(0)
  afterFile(() => server.stop('SIGKILL'))
  await Promise.race([
    server.line((line) => line.message === 'listening' && line['server.port'] === port),
    exited.then(([code]) => Promise.reject(new Error(`the server exited with ${code} before it listened`))),
  ])
  return server
}
