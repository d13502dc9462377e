/** The data folder of the embedded Postgres: created once, used by one Postgres at a time. */
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { startChild } from '../launcher/child.ts'
import type { Lifeline } from '../launcher/lifeline.ts'
import { commandLineOf, identify } from '../launcher/process-identity.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { waitFor } from '../lib/wait-for.ts'
import type { Account } from './postgres-account.ts'

/** Ample time for a lifeline to end what it guards. */
const lifelineMs = 10_000

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
 * Makes sure that no Postgres uses the folder, and removes a pid file that names a process of another kind.
 *
 * @throws ExpectedError when one goes on using it; that of a launcher that was killed ends by its lifeline
 */
export async function claimData(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid')
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0
  const isInUse = () => identify(pid) !== undefined && commandLineOf(pid).includes(dataDir)
  if (!(await waitFor(() => !isInUse() || undefined, { timeoutMs: lifelineMs })))
    throw new ExpectedError(`The database in ${dataDir} is in use by process ${pid}. Stop that one first.`)
  // After a crash the number may belong to another process, and Postgres would believe that it still runs.
  if (identify(pid)) rmSync(pidFile, { force: true })
}
