/** Postgres refuses to run as root: root starts it under another account, in folders which that account can enter. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'

/** Ids for `spawn` and `chown`; empty for the current user. */
export type Account = { uid: number; gid: number } | { uid?: never; gid?: never }

const isRoot = process.geteuid?.() === 0

/** The current user; for root the owner of existing data, else `nobody`. */
export function postgresAccount(dataDir: string): Account {
  if (!isRoot) return {}
  const existing = statSync(dataDir, { throwIfNoEntry: false })
  return existing && existing.uid !== 0 ? { uid: existing.uid, gid: existing.gid } : nobody()
}

function nobody(): Account {
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout || 65_534)
  return { uid: id('-u'), gid: id('-g') }
}

/** `wanted`, or for root in a private checkout a fixed folder below the temporary folder. */
export function reachableDataDir(wanted: string): string {
  mkdirSync(dirname(wanted), { recursive: true })
  return canBeEntered(dirname(wanted)) ? wanted : join(sharedFolder(wanted), 'data')
}

/** A folder of this user that other accounts can read, the same one each time for the same path. */
export function sharedFolder(forPath: string): string {
  const name = `dev-postgres-${createHash('sha256').update(forPath).digest('hex').slice(0, 12)}`
  const folder = join(canBeEntered(tmpdir()) ? tmpdir() : '/tmp', name)
  mkdirSync(folder, { recursive: true })
  // Any user can create this folder first: never run binaries or use data of another user.
  if (lstatSync(folder).uid !== process.geteuid?.())
    throw new ExpectedError(`${folder} belongs to another user. Remove it.`)
  chmodSync(folder, 0o755)
  return folder
}

/** Whether the account that runs Postgres can enter the folder. */
export function canBeEntered(folder: string): boolean {
  return !isRoot || spawnSync('test', ['-x', folder], { ...nobody(), cwd: '/' }).status === 0
}
