import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { ExpectedError } from '../lib/expected-error.ts'

/** Loopback is shared with other local users and with web pages that send requests to its ports. */
export const randomPassword = (): string => randomBytes(24).toString('base64url')

/** Passwords of a cluster's superuser and of the role of the server. */
export type Passwords = { superuser: string; app: string }

export const passwordFile = (dataDir: string): string => `${dataDir}.passwords`

/**
 * The passwords of a data directory, made for a new one.
 *
 * @throws ExpectedError if the directory was created without passwords
 */
export function passwordsOf(dataDir: string): Passwords {
  const file = passwordFile(dataDir)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  if (existsSync(dataDir))
    throw new ExpectedError(`The database in ${dataDir} has no passwords. Remove it: a new one gets them.`)
  const passwords = { superuser: randomPassword(), app: randomPassword() }
  writeFileSync(file, JSON.stringify(passwords), { mode: 0o600, flag: 'wx' })
  return passwords
}
