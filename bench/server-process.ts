import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { acceptsConnections, freePort } from '../dev/launcher/loopback-port.ts'

export interface Usage {
  /** User and system time of the whole process since its start, in microseconds. */
  readonly cpuMicros: number
  readonly rss: number
  readonly heapUsed: number
}

export interface ServerProcess {
  readonly port: number
  readonly startedInMs: number
  ask(question: 'usage' | 'settled'): Promise<Usage>
  profile(work: () => Promise<void>, file: string): Promise<void>
  /** Bytes that are allocated while work is done: sampled, but the same on every machine. */
  allocations(work: () => Promise<unknown>, file?: string): Promise<number>
  stop(): Promise<void>
}

export interface ServerCommand {
  /** Arguments of Node. */
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: (port: number) => Readonly<Record<string, string>>
  /** What is asked until it answers 200; without it the server is ready when it accepts connections. */
  readonly readyPath?: string
  /** Where it listens; without it on a free port of 127.0.0.1. `readyPort` is that of the ready path. */
  readonly listen?: { readonly host: string; readonly port: number; readonly readyPort: number }
  /** Where its output goes. */
  readonly logFile?: string
}

const preload = fileURLToPath(new URL('server-usage.mjs', import.meta.url))
const startTimeoutMs = 20_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a server as a process of its own, with the same Node for all. */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const { host, port, readyPort } = command.listen ?? (await somewhere())
  const output = command.logFile === undefined ? 'ignore' : openSync(command.logFile, 'w')
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['--import', preload, ...command.args], {
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
  await readiness(child, { host, port: readyPort, path: command.readyPath })
  const startedInMs = performance.now() - startedAt

  let lastId = 0
  async function ask<Answer = Usage>(question: string, more: object = {}): Promise<Answer> {
    const id = ++lastId
    child.send({ id, ask: question, ...more })
    for (;;) {
      const [message] = (await once(child, 'message')) as [{ id: number; answer: Answer }]
      if (message.id === id) return message.answer
    }
  }
  return {
    port,
    startedInMs,
    ask,
    async profile(work, file) {
      await ask('startProfile')
      await work()
      await ask('stopProfile', { file })
    },
    async allocations(work, file) {
      await ask('startAllocations')
      await work()
      return (await ask<{ allocatedBytes: number }>('stopAllocations', { file })).allocatedBytes
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

async function somewhere() {
  const port = await freePort()
  return { host: '127.0.0.1', port, readyPort: port }
}

interface Ready {
  readonly host: string
  readonly port: number
  readonly path: string | undefined
}

async function readiness(child: ChildProcess, { host, port, path }: Ready): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`a server ended with ${child.exitCode} before it was ready`)
    const ready =
      path === undefined ? acceptsConnections(port, host) : answers(`http://${host}:${port}${path}`)
    if (await ready) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`a server was not ready within ${startTimeoutMs / 1000} s`)
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (response) => {
      await response.text()
      return response.ok
    },
    () => false,
  )
