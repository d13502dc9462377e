import { spawnSync } from 'node:child_process'

/** Cores that this process may use; empty where affinity cannot be set. */
export function allowedCores(): number[] {
  const list = taskset('-cp', String(process.pid))?.split(':')[1]
  return (list ?? '').split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 || 0 }, (_, i) => first + i)
  })
}

/** Restricts all threads of a process. */
export function setAffinity(pid: number, cores: readonly number[]): void {
  if (taskset('-acp', cores.join(','), String(pid)) === undefined)
    throw new Error(`cannot set the affinity of process ${pid}`)
}

/** Its output; undefined if it failed or does not exist. */
function taskset(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('taskset', args, { encoding: 'utf8' })
  return status === 0 ? stdout : undefined
}
