/**
 * `.local/services.json`: which process of this checkout runs the services, so that another command can
 * join them. It holds no secrets: URLs that the user gave are named, not written down.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'
import {
  endProcesses,
  type GuardedProcess,
  identify,
  isAlive,
  type ProcessIdentity,
} from './process-identity.ts'

export type LauncherRecord = ProcessIdentity & {
  state: 'starting' | 'ready'
  /** Where its MCP server is reached, when the launcher runs one. */
  serverUrl?: string
  /** The variables that lead to the services it started. */
  env: Record<string, string>
  /** The variables it was given instead, by name. */
  given: string[]
  /** Its processes, to be ended in case it could not do so itself. */
  children: GuardedProcess[]
}

export type OwnRecord = {
  update(change: Partial<LauncherRecord>): void
  remove(): void
}

const stopGraceMs = 3_000

export function liveLauncher(stateDir: string): LauncherRecord | undefined {
  const record = read(stateDir)
  return record && isAlive(record) ? record : undefined
}

/**
 * Makes this process the one that runs the checkout's services. What a dead launcher left is ended first.
 *
 * @throws ExpectedError when another launcher is alive
 */
export async function claimCheckout(stateDir: string, serverUrl: string | undefined): Promise<OwnRecord> {
  makeStateDir(stateDir)
  const live = liveLauncher(stateDir)
  if (live) throw alreadyRunning(live)
  const stale = read(stateDir)
  if (stale) await endProcesses(stale.children, stopGraceMs)
  rmSync(fileIn(stateDir), { force: true })

  const self = identify(process.pid)
  if (!self) throw new Error('This process cannot find its own start time')
  let record: LauncherRecord = { ...self, state: 'starting', env: {}, given: [], children: [] }
  if (serverUrl !== undefined) record.serverUrl = serverUrl
  try {
    writeFileSync(fileIn(stateDir), JSON.stringify(record), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    // Another launcher started in the same moment.
    const winner = liveLauncher(stateDir)
    throw winner ? alreadyRunning(winner) : error
  }

  return {
    update(change) {
      record = { ...record, ...change }
      const next = `${fileIn(stateDir)}.new`
      try {
        writeFileSync(next, JSON.stringify(record, null, 2), { mode: 0o600 })
        renameSync(next, fileIn(stateDir))
      } catch {
        // Somebody removed the folder: other commands cannot join any more, but what runs here goes on.
      }
    },
    remove() {
      if (read(stateDir)?.pid === process.pid) rmSync(fileIn(stateDir), { force: true })
    },
  }
}

function alreadyRunning({ pid, serverUrl }: LauncherRecord): ExpectedError {
  return new ExpectedError(
    serverUrl
      ? `This checkout already runs at ${serverUrl} (process ${pid}). Stop that one first: kill ${pid}`
      : `Process ${pid} runs the services of this checkout. Wait until it ends, or: kill ${pid}`,
  )
}

const fileIn = (stateDir: string) => join(stateDir, 'services.json')

function read(stateDir: string): LauncherRecord | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(stateDir), 'utf8'))
  } catch {
    return undefined
  }
}

function makeStateDir(stateDir: string): void {
  try {
    mkdirSync(stateDir, { recursive: true })
    writeFileSync(join(stateDir, '.writable'), '')
    rmSync(join(stateDir, '.writable'))
  } catch (cause) {
    throw new ExpectedError(`Cannot write in ${stateDir}: does it belong to another user? Remove it.`, {
      cause,
    })
  }
}
