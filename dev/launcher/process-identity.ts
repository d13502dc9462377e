import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { waitFor } from '../lib/wait-for.ts'

/** A process id is reused after a while; together with the start time it names one process for good. */
export type ProcessIdentity = { pid: number; startTime: string }

/** A process and the signal that asks it to end. */
export type GuardedProcess = ProcessIdentity & { signal: NodeJS.Signals }

/** The running process with this id; undefined when there is none or only a zombie is left. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = process.platform === 'linux' ? startTimeFromProc(pid) : startTimeFromPs(pid)
  return startTime === undefined ? undefined : { pid, startTime }
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startTime === process.startTime
}

/** The CPU time that a process has used; undefined when it is gone. */
export function cpuSecondsOf(pid: number): number | undefined {
  if (process.platform === 'linux') {
    const fields = procStat(pid)
    // In ticks, of which Linux shows 100 a second everywhere.
    return fields && (Number(fields[11]) + Number(fields[12])) / 100
  }
  const parts = ps(['-o', 'time=', '-p', String(pid)]).split(/[-:]/)
  return parts[0] ? parts.reduce((seconds, part) => seconds * 60 + Number(part), 0) : undefined
}

/** The command line of a process, empty when it is gone. */
export function commandLineOf(pid: number): string {
  return ps(['-ww', '-o', 'args=', '-p', String(pid)])
}

/** Asks processes to end, and kills those that have not done so after `graceMs`. */
export async function endProcesses(processes: GuardedProcess[], graceMs: number): Promise<void> {
  for (const process of processes) send(process, process.signal)
  if (await allGone(processes, graceMs)) return
  for (const process of processes) send(process, 'SIGKILL')
  await allGone(processes, 1_000)
}

async function allGone(processes: ProcessIdentity[], timeoutMs: number): Promise<boolean> {
  return (await waitFor(() => !processes.some(isAlive) || undefined, { timeoutMs })) ?? false
}

function send(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(target)) return
  try {
    process.kill(target.pid, signal)
  } catch {
    // It ended in between, or belongs to somebody else: nothing left to do here.
  }
}

function startTimeFromProc(pid: number): string | undefined {
  const fields = procStat(pid)
  return fields?.[0] === 'Z' || fields?.[0] === 'X' ? undefined : fields?.[19]
}

/** The fields of /proc/PID/stat from the state on; undefined when the process is gone. */
function procStat(pid: number): string[] | undefined {
  try {
    // The second field, the name in parentheses, may itself hold spaces and parentheses.
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
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
