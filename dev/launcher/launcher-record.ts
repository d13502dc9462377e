/**
 * `.local/services.json`: the process that runs the services of this checkout, so that other commands can join
 * them. Only this user can read it: it holds the passwords of these services. Variables that the user set are listed
 * by name only.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'
import { stateDir } from '../lib/paths.ts'
import {
  endProcesses,
  type GuardedProcess,
  identify,
  isAlive,
  type ProcessIdentity,
} from './process-identity.ts'

export type LauncherRecord = ProcessIdentity & {
  state: 'starting' | 'ready'
  /** MCP endpoint, if the launcher runs a server. */
  serverUrl?: string
  /** Variables that point to the services it started. */
  env: Record<string, string>
  /** Names of the variables that the user set instead. */
  given: string[]
  /** Child processes, for cleanup after a crash. */
  children: GuardedProcess[]
}

const stopGraceMs = 3_000
const file = join(stateDir, 'services.json')

export function liveLauncher(): LauncherRecord | undefined {
  const record = read()
  return record && isAlive(record) ? record : undefined
}

/**
 * Registers this process as the launcher of the checkout, after ending processes of a dead launcher.
 *
 * @throws ExpectedError if another launcher is alive
 */
export async function claimCheckout(serverUrl: string | undefined) {
  const previous = read()
  if (previous && isAlive(previous)) throw alreadyRunning(previous)
  if (previous) await endProcesses(previous.children, stopGraceMs)

  const self = identify(process.pid)
  if (!self) throw new Error('Cannot read the start time of this process')
  let record: LauncherRecord = { ...self, state: 'starting', env: {}, given: [], children: [] }
  if (serverUrl !== undefined) record.serverUrl = serverUrl
  try {
    mkdirSync(stateDir, { recursive: true })
    rmSync(file, { force: true })
    writeFileSync(file, JSON.stringify(record), { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    // Two launchers may start at the same moment.
    const winner = liveLauncher()
    if (winner) throw alreadyRunning(winner)
    throw new ExpectedError(`Cannot write ${file}. Remove ${stateDir} if it belongs to another user.`, {
      cause,
    })
  }

  return {
    update(change: Partial<LauncherRecord>): void {
      record = { ...record, ...change }
      try {
        writeFileSync(`${file}.new`, JSON.stringify(record, null, 2), { mode: 0o600 })
        renameSync(`${file}.new`, file)
      } catch {
        // The folder was removed: other commands cannot join, running services continue.
      }
    },
    remove(): void {
      if (read()?.pid === process.pid) rmSync(file, { force: true })
    },
  }
}

function alreadyRunning({ pid, serverUrl }: LauncherRecord): ExpectedError {
  return new ExpectedError(
    serverUrl
      ? `This checkout already runs at ${serverUrl} (process ${pid}). Stop it first: kill ${pid}`
      : `Process ${pid} runs the services of this checkout. Wait until it ends, or: kill ${pid}`,
  )
}

function read(): LauncherRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
