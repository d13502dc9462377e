/** Postgres refuses to run as root: these functions choose another account and folders it can reach. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'

export type Account = {
  /** For `spawn`; empty when Postgres runs as the current user. */
  ids: { uid?: number; gid?: number }
  /** For `chown`, which unlike `spawn` wants the ids unsigned; undefined for the current user. */
  owner?: { uid: number; gid: number }
}

const isRoot = process.geteuid?.() === 0

/** The current user; for root the one who owns the data already, else `nobody`. */
export function postgresAccount(dataDir: string): Account {
  const existing = statSync(dataDir, { throwIfNoEntry: false })
  if (!isRoot) {
    if (existing && existing.uid !== process.geteuid?.()) {
      throw new ExpectedError(`${dataDir} belongs to another user: remove it, or start as that user.`)
    }
    return { ids: {} }
  }
  const owner = existing && existing.uid !== 0 ? existing : { uid: idOfNobody('-u'), gid: idOfNobody('-g') }
  // `nobody` is 4294967294 on macOS, which `spawn` takes only as -2.
  return {
    ids: { uid: owner.uid | 0, gid: owner.gid | 0 },
    owner: { uid: owner.uid, gid: owner.gid },
  }
}

function idOfNobody(which: '-u' | '-g'): number {
  const { stdout } = spawnSync('id', [which, 'nobody'], { encoding: 'utf8' })
  return Number((stdout ?? '').trim() || 65_534)
}

/**
 * Where the data goes: `wanted`, but for root only if the other account can get there. A checkout
 * below a private folder, /root say, keeps it in the temporary folder, under the same name each time.
 */
export function reachableDataDir(wanted: string): string {
  mkdirSync(dirname(wanted), { recursive: true })
  if (canBeEntered(dirname(wanted))) return wanted
  return join(sharedFolder(wanted), 'data')
}

/** A folder of this user that others can read, always the same one for the same path. */
export function sharedFolder(forPath: string): string {
  const name = `dev-postgres-${createHash('sha256').update(forPath).digest('hex').slice(0, 12)}`
  const parent = [tmpdir(), '/tmp'].find(canBeEntered)
  if (!parent) throw new ExpectedError(`Postgres cannot reach ${tmpdir()}: set TMPDIR, or DATABASE_URL.`)
  const folder = join(parent, name)
  mkdirSync(folder, { recursive: true })
  const { uid } = lstatSync(folder)
  // Anybody may create files in the temporary folder: never run or trust what somebody else put there.
  if (uid !== process.geteuid?.()) throw new ExpectedError(`${folder} belongs to somebody else: remove it.`)
  chmodSync(folder, 0o755)
  return folder
}

/** Whether the account that root hands over to gets there; any other user runs Postgres itself. */
function canBeEntered(folder: string): boolean {
  if (!isRoot) return true
  const ids = { uid: idOfNobody('-u') | 0, gid: idOfNobody('-g') | 0 }
  return spawnSync('test', ['-x', folder], { ...ids, cwd: '/' }).status === 0
}
