import { type SpawnOptions, spawn } from 'node:child_process'
import type { Lifeline } from './lifeline.ts'

export type Exit = { code: number | null; signal: NodeJS.Signals | null; error?: Error }

export type Child = {
  pid: number | undefined
  /** Never rejects; `error` says why the command could not be started at all. */
  exited: Promise<Exit>
  isRunning(): boolean
  /** The last part of what it wrote, where its output is piped. */
  output(): string
  /** Asks it to end, kills it after `graceMs`, resolves when it is gone. */
  stop(graceMs: number): Promise<void>
  /** Lets this process end although the child runs: the lifeline ends it then. */
  unref(): void
}

export type ChildOptions = SpawnOptions & { lifeline: Lifeline; stopSignal: NodeJS.Signals }

/** Kills a child with the processes that it started, as Node's watch mode starts the server. */
export function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

const outputLimit = 8_000

/**
 * Starts a command in a process group of its own, so that Ctrl-C in a terminal reaches only its
 * launcher, which stops things in the right order; the lifeline covers a launcher that is killed.
 */
export function startChild(
  command: string,
  args: string[],
  { lifeline, stopSignal, ...options }: ChildOptions,
): Child {
  const child = spawn(command, args, { ...options, detached: true })
  if (child.pid !== undefined) lifeline.guard(child.pid, stopSignal)

  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output = (output + chunk).slice(-outputLimit)
    })
  }

  let running = child.pid !== undefined
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }))
    child.once('exit', (code, signal) => {
      running = false
      if (child.pid !== undefined) lifeline.release(child.pid)
      // `close` comes when its output is complete, but a grandchild that holds the pipe must not delay us.
      const done = () => resolve({ code, signal })
      child.once('close', done)
      setTimeout(done, 200)
    })
  })

  return {
    pid: child.pid,
    exited,
    isRunning: () => running,
    output: () => output,
    async stop(graceMs) {
      if (!running) return
      child.ref()
      child.kill(stopSignal)
      const timer = setTimeout(() => killGroup(child.pid), graceMs)
      await exited
      clearTimeout(timer)
    },
    unref() {
      child.unref()
      for (const stream of [child.stdout, child.stderr]) (stream as { unref?: () => void } | null)?.unref?.()
    },
  }
}
