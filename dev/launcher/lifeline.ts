/**
 * Ends child processes when their parent dies, even by `kill -9`. A detached helper holds the read end of a pipe;
 * the kernel closes the pipe with the parent, and the helper ends every guarded process.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type GuardedProcess, identify } from './process-identity.ts'

export type Lifeline = {
  /** On loss of the parent, `signal` is sent first, then SIGKILL after 3 seconds. */
  guard(pid: number, signal: NodeJS.Signals): void
  release(pid: number): void
  guarded(): GuardedProcess[]
  close(): void
}

/** @param onChange called with the guarded processes after each change */
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

  function publish() {
    const all = [...guarded.values()]
    if (helper.stdin.writable) helper.stdin.write(`${JSON.stringify(all)}\n`)
    onChange(all)
  }

  return {
    guard(pid, signal) {
      const process = identify(pid)
      if (!process) return
      guarded.set(pid, { ...process, signal })
      publish()
    },
    release(pid) {
      if (guarded.delete(pid)) publish()
    },
    guarded: () => [...guarded.values()],
    close: () => helper.stdin.end(),
  }
}
