import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { configVariables, loadConfig } from '../../src/config/config.ts'
import { createServer } from '../../src/server.ts'
import { runSteps } from '../../src/shutdown.ts'
import { afterFile } from './cleanup.ts'
import { endWithTests } from './lifeline.ts'
import { LineRecorder } from './logger.ts'

type Line = Record<string, unknown>

export interface RunningServer {
  /** Without a trailing slash. */
  readonly url: string
  readonly mcpUrl: URL
  /** Log lines so far. */
  readonly lines: Line[]
  /** Resolves to the first log line that matches, written or still to come. */
  line(predicate: (line: Line) => boolean): Promise<Line>
  /** Resolves to the exit code: 0 if every shutdown step succeeded. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** The same server with only the log lines that follow this call. */
  fromNow(): RunningServer
}

export interface ServerProcess extends RunningServer {
  readonly child: ChildProcess
}

type Environment = Readonly<Record<string, string>>

/** All calls of a suite come from one address. High limits keep the rate limiting code in use without a rejection. */
const generousLimits = {
  RATE_LIMIT_CALLER_PER_MINUTE: '1000000',
  RATE_LIMIT_TOOL_PER_MINUTE: '1000000',
  RATE_LIMIT_IP_PER_MINUTE: '1000000',
}

/** A free port, unless `env` sets PORT, and the settings of a server there. */
async function settingsOf(env: Environment) {
  const port = Number(env.PORT ?? (await freePort()))
  const host = env.HOST === undefined || env.HOST === '::' ? '127.0.0.1' : env.HOST
  const url = `http://${host}:${port}`
  const defaults = { PORT: String(port), PUBLIC_URL: url, LOG_FORMAT: 'json', LOG_LEVEL: 'debug' }
  return { port, url, settings: { ...defaults, ...generousLimits, ...env } }
}

/** Starts a server in this process: a process takes a second to load. Other variables than its own need a process. */
export async function startServer(env: Environment): Promise<RunningServer> {
  if (!Object.keys(env).every((name) => configVariables.includes(name))) return spawnServer(env)
  const { url, settings } = await settingsOf(env)
  const log = recordLog()
  const { listen, shutdown } = await createServer(loadConfig(settings), new LineRecorder(log.add))
  let stopping: Promise<number> | undefined
  async function stop(): Promise<number> {
    await runSteps(shutdown, 'SIGTERM')
    await shutdown.flush()
    return log.lines.some(({ message }) => message === 'shutdown step failed') ? 1 : 0
  }
  /** Without waiting for calls. */
  async function kill(): Promise<number> {
    await runSteps(
      { ...shutdown, steps: shutdown.steps.map((step) => ({ ...step, timeoutMs: 50 })) },
      'SIGKILL',
    )
    return 1
  }
  const end = (signal = 'SIGTERM') => (stopping ??= signal === 'SIGKILL' ? kill() : stop())
  afterFile(() => end('SIGKILL'))
  await listen()
  return view(log, { url, stop: end })
}

/**
 * Starts the built server as a process, as `npm start` and the image do.
 * @param wrapper command that runs the command it is given
 */
export async function spawnServer(env: Environment, wrapper: readonly string[] = []): Promise<ServerProcess> {
  const { port, url, settings } = await settingsOf(env)
  const command = [...wrapper, process.execPath, '--import', './dist/telemetry/register.js', 'dist/main.js']
  const child = spawn(command[0] ?? '', command.slice(1), {
    env: {
      PATH: process.env.PATH ?? '',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  endWithTests(child)
  const exited = once(child, 'exit')
  const log = recordLog()
  createInterface({ input: child.stdout }).on('line', log.add)
  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
    return child.exitCode
  }
  const server = view(log, { url, stop })
  afterFile(() => stop('SIGKILL'))
  await Promise.race([
    server.line((line) => line.message === 'listening' && line['server.port'] === port),
    exited.then(([code]) => Promise.reject(new Error(`the server exited with ${code} before it listened`))),
  ])
  return Object.assign(server, { child })
}

function recordLog() {
  const lines: Line[] = []
  const waiting = new Set<() => void>()
  function add(line: string): void {
    lines.push(JSON.parse(line))
    for (const check of waiting) check()
  }
  return { lines, waiting, add }
}

function view(
  log: ReturnType<typeof recordLog>,
  server: Pick<RunningServer, 'url' | 'stop'>,
  start = 0,
): RunningServer {
  const { lines, waiting } = log
  return {
    ...server,
    mcpUrl: new URL(`${server.url}/mcp`),
    get lines() {
      return start === 0 ? lines : lines.slice(start)
    },
    line: (predicate) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`none of ${lines.length} log lines matched within 60 s`)),
          60_000,
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
    fromNow: () => view(log, server, lines.length),
  }
}
