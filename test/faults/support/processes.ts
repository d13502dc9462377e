import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Suspends a process tree: connections stay open, but nothing responds. */
export function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP')
  // The parent first, so that it forks no more children.
  for (const child of childrenOf(pid)) freeze(child)
}

export function thaw(pid: number): void {
  for (const child of childrenOf(pid)) thaw(child)
  process.kill(pid, 'SIGCONT')
}

function childrenOf(pid: number): number[] {
  if (!existsSync('/proc')) throw new Error('The fault tests need /proc (Linux) to freeze process trees.')
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}
