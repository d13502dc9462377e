import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { waitFor } from '../lib/wait-for.ts'

/** Process ids are reused; pid and start time together identify one process. */
export type ProcessIdentity = { pid: number; startTime: string }

/** A process and its stop signal. */
export type GuardedProcess = ProcessIdentity & { signal: NodeJS.Signals }

/** The running process with this id; undefined if there is none or only a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = process.platform === 'linux' ? startTimeFromProc(pid) : startTimeFromPs(pid)
  return startTime === undefined ? undefined : { pid, startTime }
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startTime === process.startTime
}

/** The command line of a process, empty if it has exited. */
export function commandLineOf(pid: number): string {
  return ps(['-ww', '-o', 'args=', '-p', String(pid)])
}

/** Sends each process its stop signal, then SIGKILL after `graceMs`. */
export async function endProcesses(processes: GuardedProcess[], graceMs: number): Promise<void> {
  const allExited = (timeoutMs: number) => waitFor(() => !processes.some(isAlive), { timeoutMs })
  for (const process of processes) send(process, process.signal)
  if (await allExited(graceMs)) return
  for (const process of processes) send(process, 'SIGKILL')
  await allExited(1_000)
}

function send(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(target)) return
  try {
    process.kill(target.pid, signal)
  } catch {
    // It exited in between, or belongs to another user.
  }
}

function startTimeFromProc(pid: number): string | undefined {
  try {
    // The second field, the name in parentheses, may contain spaces and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')
    return /^[ZX]/.test(stat) ? undefined : stat.split(' ')[19]
  } catch {
    return undefined
  }
}

function startTimeFromPs(pid: number): string | undefined {
  const [, state, startTime] =
    /^(\S+)\s+(.+)$/.exec(ps(['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)])) ?? []
  return state?.startsWith('Z') ? undefined : startTime
}

function ps(args: string[]): string {
  const { stdout } = spawnSync('ps', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
  return (stdout ?? '').trim()
}
