import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { acceptsConnections, freePort } from '../dev/launcher/loopback-port.ts'

export interface Usage {
  /** User and system CPU time since the start, in microseconds. */
  readonly cpuMicros: number
  readonly rss: number
  readonly heapUsed: number
  /** Involuntary context switches since the start. */
  readonly preemptions: number
}

export interface ServerProcess {
  readonly pid: number
  readonly port: number
  readonly startedInMs: number
  usage(): Promise<Usage>
  /** Needs `--expose-gc`. */
  usageAfterGc(): Promise<Usage>
  profile(work: () => Promise<void>, file: string): Promise<void>
  /** Bytes allocated during the work: sampled, but equal on every machine. */
  allocations(work: () => Promise<unknown>, file?: string): Promise<number>
  stop(): Promise<void>
}

export interface ServerCommand {
  /** A command that runs Node in its own process: `taskset`, `valgrind`. */
  readonly prefix?: readonly string[]
  /** Node arguments. */
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: (port: number) => Readonly<Record<string, string>>
  /** Polled until it responds 200; by default the server is ready when it accepts connections. */
  readonly readyPath?: string
  /** Defaults to a free port of 127.0.0.1. `readyPort` serves the ready path. */
  readonly listen?: { readonly host: string; readonly port: number; readonly readyPort: number }
  /** Receives standard output through a pipe, as in a container. */
  readonly logFile?: string
}

const preload = fileURLToPath(new URL('server-usage.mjs', import.meta.url))
/** Generous for valgrind; a server that fails exits at once. */
const startTimeoutMs = 180_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a server in its own process, with the Node of this process. */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const { host, port, readyPort } = command.listen ?? (await freeAddress())
  const output = command.logFile === undefined ? 'ignore' : pipeTo(command.logFile)
  const startedAt = performance.now()
  const [file = '', ...args] = [...(command.prefix ?? []), process.execPath, '--import', preload]
  const child = spawn(file, [...args, ...command.args], {
    cwd: command.cwd,
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'production',
      PORT: String(port),
      ...command.env?.(port),
    },
    stdio: ['ignore', output, 'inherit', 'ipc'],
  })
  running.add(child)
  if (typeof output === 'number') closeSync(output)
  await waitUntilReady(child, { host, port: readyPort, path: command.readyPath })
  const startedInMs = performance.now() - startedAt

  let lastId = 0
  async function request<T = Usage>(command: string, options: object = {}): Promise<T> {
    const id = ++lastId
    child.send({ id, command, ...options })
    for (;;) {
      const [message] = (await once(child, 'message')) as [{ id: number; result: T }]
      if (message.id === id) return message.result
    }
  }
  return {
    pid: child.pid ?? Number.NaN,
    port,
    startedInMs,
    usage: () => request('usage'),
    usageAfterGc: () => request('usageAfterGc'),
    async profile(work, file) {
      await request('startProfile')
      await work()
      await request('stopProfile', { file })
    },
    async allocations(work, file) {
      await request('startAllocations')
      await work()
      return (await request<{ allocatedBytes: number }>('stopAllocations', { file })).allocatedBytes
    },
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      clearTimeout(timer)
      running.delete(child)
    },
  }
}

/** A named pipe that `cat` reads until its writer ends. */
function pipeTo(file: string): number {
  const pipe = `${file}.pipe`
  rmSync(pipe, { force: true })
  execFileSync('mkfifo', [pipe])
  const output = openSync(file, 'w')
  const cat = spawn('cat', [pipe], { stdio: ['ignore', output, 'inherit'] })
  cat.unref()
  closeSync(output)
  // Opening a pipe waits for its reader.
  if (cat.pid === undefined) throw new Error('cat, which reads the log of a server, did not start')
  const writer = openSync(pipe, 'w')
  rmSync(pipe)
  return writer
}

async function freeAddress() {
  const port = await freePort()
  return { host: '127.0.0.1', port, readyPort: port }
}

interface Ready {
  readonly host: string
  readonly port: number
  readonly path: string | undefined
}

async function waitUntilReady(child: ChildProcess, { host, port, path }: Ready): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`a server exited with ${child.exitCode} before it was ready`)
    const ready =
      path === undefined ? acceptsConnections(port, host) : respondsOk(`http://${host}:${port}${path}`)
    if (await ready) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`a server was not ready within ${startTimeoutMs / 1000} s`)
}

const respondsOk = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (response) => {
      await response.text()
      return response.ok
    },
    () => false,
  )
