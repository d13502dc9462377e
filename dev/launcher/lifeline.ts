/**
 * Sees to it that no process outlives the one that started it, not even after `kill -9`.
 *
 * A detached helper holds the read end of a pipe. When this process is gone, however it went, the
 * kernel closes the pipe and the helper ends every process that is still guarded.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type GuardedProcess, identify } from './process-identity.ts'

export type Lifeline = {
  /** `signal` asks that process to end; it is killed when it has not done so after 3 seconds. */
  guard(pid: number, signal: NodeJS.Signals): void
  release(pid: number): void
  guarded(): GuardedProcess[]
  close(): void
}

/** @param onChange told the guarded processes whenever they change */
export function createLifeline(onChange: (guarded: GuardedProcess[]) => void = () => {}): Lifeline {
  const helper = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('lifeline-process.ts', import.meta.url))],
    {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  )
  helper.on('error', () => {})
  helper.stdin.on('error', () => {})
  helper.unref()
  const guarded = new Map<number, GuardedProcess>()

  function tell() {
    if (helper.stdin.writable) helper.stdin.write(`${JSON.stringify([...guarded.values()])}\n`)
    onChange([...guarded.values()])
  }

  return {
    guard(pid, signal) {
      const process = identify(pid)
      if (!process) return
      guarded.set(pid, { ...process, signal })
      tell()
    },
    release(pid) {
      if (guarded.delete(pid)) tell()
    },
    guarded: () => [...guarded.values()],
    close: () => helper.stdin.end(),
  }
}
