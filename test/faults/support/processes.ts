import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Stops a process and all below it from running, as a machine does that hangs: nothing is closed, nothing answers. */
export function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP')
  // Its children second: it can start no more.
  for (const child of childrenOf(pid)) freeze(child)
}

export function thaw(pid: number): void {
  for (const child of childrenOf(pid)) thaw(child)
  process.kill(pid, 'SIGCONT')
}

function childrenOf(pid: number): number[] {
  if (!existsSync('/proc')) throw new Error('These tests freeze processes by what Linux tells in /proc.')
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}
