import { type SpawnOptions, spawn } from 'node:child_process'
import type { Lifeline } from './lifeline.ts'

export type Exit = { code: number | null; signal: NodeJS.Signals | null; error?: Error }

export type Child = {
  pid: number | undefined
  /** Never rejects; `error` is set if the command could not be started. */
  exited: Promise<Exit>
  isRunning(): boolean
  /** The last part of its output, if piped. */
  output(): string
  /** Sends the stop signal, then SIGKILL after `graceMs`; resolves on exit. */
  stop(graceMs: number): Promise<void>
  /** Lets this process exit before the child; the lifeline then ends the child. */
  unref(): void
}

export type ChildOptions = SpawnOptions & { lifeline: Lifeline; stopSignal: NodeJS.Signals }

/** Kills a process group, such as the server under Node's watch mode. */
export function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Already exited.
  }
}

const outputLimit = 8_000

/**
 * Starts a command in its own process group: Ctrl-C reaches only the launcher, which stops children in the right
 * order. The lifeline covers a launcher that is killed.
 */
export function startChild(
  command: string,
  args: string[],
  { lifeline, stopSignal, ...options }: ChildOptions,
): Child {
  const child = spawn(command, args, { ...options, detached: true })
  if (child.pid !== undefined) lifeline.guard(child.pid, stopSignal)

  let output = ''
  const streams = [child.stdout, child.stderr]
  for (const stream of streams)
    stream?.on('data', (chunk) => {
      output = (output + chunk).slice(-outputLimit)
    })

  let running = child.pid !== undefined
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }))
    child.once('exit', (code, signal) => {
      running = false
      if (child.pid !== undefined) lifeline.release(child.pid)
      // Output is complete at `close`, which a grandchild that holds the pipe can delay.
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
      for (const stream of streams) (stream as { unref?: () => void } | null)?.unref?.()
    },
  }
}
