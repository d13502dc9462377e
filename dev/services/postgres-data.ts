/** The data directory of the embedded Postgres: created once, used by one Postgres at a time. */
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChild } from '../launcher/child.ts'
import type { Lifeline } from '../launcher/lifeline.ts'
import { commandLineOf, identify } from '../launcher/process-identity.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { waitFor } from '../lib/wait-for.ts'
import type { Account } from './postgres-account.ts'
import { useAnother } from './postgres-binaries.ts'

/** Longer than a lifeline takes to end its processes. */
const lifelineMs = 10_000

/** No PG* variables of the user; macOS needs a valid locale. */
export const postgresEnv = { PATH: process.env.PATH, LC_ALL: 'C' }

export const superuser = 'postgres'

/**
 * Runs initdb once, in a temporary folder that is renamed at the end.
 * @param password of the superuser
 */
export async function ensureCluster(
  dataDir: string,
  {
    binDir,
    account,
    lifeline,
    password,
  }: { binDir: string; account: Account; lifeline: Lifeline; password: string },
): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return
  const unfinished = `${dataDir}.new`
  rmSync(unfinished, { recursive: true, force: true, maxRetries: 5 })
  mkdirSync(unfinished, { mode: 0o700 })
  if (account.uid !== undefined) chownSync(unfinished, account.uid, account.gid)
  // Collation and case mapping are Postgres' own, equal on every system; full-text search also needs the C library's
  // character classes, hence a UTF-8 locale that exists here.
  const locale = [
    '--locale=C',
    `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]
  // A file, because other users can read the arguments of a process.
  const passwordFile = `${unfinished}.password`
  rmSync(passwordFile, { force: true })
  writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' })
  if (account.uid !== undefined) chownSync(passwordFile, account.uid, account.gid)
  const login = ['-U', superuser, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
  const args = ['-D', unfinished, ...login, '-N', '-E', 'UTF8', ...locale]
  const child = startChild(join(binDir, 'initdb'), args, {
    ...account,
    cwd: '/',
    env: postgresEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    lifeline,
    stopSignal: 'SIGTERM',
  })
  const { code, error } = await child.exited
  rmSync(passwordFile, { force: true })
  if (code !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    throw new ExpectedError(`initdb failed: ${error?.message ?? child.output().trim()}\n${useAnother}`)
  }
  renameSync(unfinished, dataDir)
}

/**
 * Waits until no Postgres uses the directory, and removes a stale pid file.
 *
 * @throws ExpectedError if one keeps using it
 */
export async function claimData(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid')
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0
  const isFree = () => identify(pid) === undefined || !commandLineOf(pid).includes(dataDir)
  if (!(await waitFor(isFree, { timeoutMs: lifelineMs })))
    throw new ExpectedError(`The database in ${dataDir} is in use by process ${pid}. Stop it first.`)
  // The pid now belongs to another process, which Postgres would take for a running server.
  if (identify(pid)) rmSync(pidFile, { force: true })
}
