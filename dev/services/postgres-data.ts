/** The data folder of the embedded Postgres: created once, used by one launcher at a time. */
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { startChild } from '../launcher/child.ts'
import type { Lifeline } from '../launcher/lifeline.ts'
import {
  commandLineOf,
  endProcesses,
  identify,
  isAlive,
  type ProcessIdentity,
} from '../launcher/process-identity.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import type { Account } from './postgres-account.ts'

const stopGraceMs = 10_000

/** Runs initdb unless that was done before. It works beside the folder and renames at the end: all or nothing. */
export async function ensureCluster(
  dataDir: string,
  { initdb, account, lifeline }: { initdb: string; account: Account; lifeline: Lifeline },
): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return
  removeUnfinished(dataDir)
  const unfinished = mkdtempSync(`${dataDir}${unfinishedSuffix}`)
  try {
    if (account.owner) chownSync(unfinished, account.owner.uid, account.owner.gid)
    // Sorting and case mapping come from Postgres itself, the same on every system; only the C library's
    // idea of a letter, which full-text search asks for, needs a locale that exists here.
    const letters = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'
    const locale = [
      '--locale=C',
      `--lc-ctype=${letters}`,
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]
    const child = startChild(
      initdb,
      ['-D', unfinished, '-U', 'app', '-A', 'trust', '-N', '-E', 'UTF8', ...locale],
      {
        ...account.ids,
        cwd: '/',
        env: postgresEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
        lifeline,
        stopSignal: 'SIGTERM',
      },
    )
    const { code, error } = await child.exited
    if (code !== 0) throw new ExpectedError(`initdb failed: ${error?.message ?? child.output().trim()}`)
    renameSync(unfinished, dataDir)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

const unfinishedSuffix = '.new-'

/** What is left of an initdb whose launcher was killed. */
function removeUnfinished(dataDir: string): void {
  const folder = dirname(dataDir)
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(dataDir)}${unfinishedSuffix}`)) continue
    rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Nothing of the user's: PGPORT and its like would be obeyed. macOS wants a locale that is surely valid. */
export const postgresEnv = { PATH: process.env.PATH, LC_ALL: 'C' }

/**
 * Makes the folder ours: ends a Postgres whose launcher died, refuses when the launcher lives, and
 * removes a pid file that names a process of another kind.
 */
export async function takeOver(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid')
  const postgres = identify(Number(readIfThere(pidFile)?.split('\n')[0]))
  if (postgres && !commandLineOf(postgres.pid).includes(dataDir)) {
    // After a crash the number went to somebody else, and Postgres would believe it is still running.
    rmSync(pidFile, { force: true })
  } else if (postgres) {
    const owner = ownerOf(dataDir)
    if (owner && isAlive(owner)) {
      throw new ExpectedError(
        `The database in ${dataDir} is in use by process ${owner.pid}. Stop that one first.`,
      )
    }
    await endProcesses([{ ...postgres, signal: 'SIGINT' }], stopGraceMs)
  }
  writeFileSync(ownerFile(dataDir), JSON.stringify(identify(process.pid)))
}

export function releaseData(dataDir: string): void {
  if (ownerOf(dataDir)?.pid === process.pid) rmSync(ownerFile(dataDir), { force: true })
}

const ownerFile = (dataDir: string) => `${dataDir}.owner.json`

function ownerOf(dataDir: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readIfThere(ownerFile(dataDir)) ?? '')
  } catch {
    return undefined
  }
}

function readIfThere(file: string): string | undefined {
  if (!statSync(file, { throwIfNoEntry: false })) return undefined
  return readFileSync(file, 'utf8')
}
