import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'

/** Reads `.env` of the checkout into `process.env`; variables that are already set win. */
export function loadEnv(checkout: string): void {
  const file = join(checkout, '.env')
  if (!existsSync(file)) return
  if (!process.loadEnvFile) throw new ExpectedError('Reading .env takes Node 20.12 or newer.')
  process.loadEnvFile(file)
}
