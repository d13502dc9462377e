import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../lib/paths.ts'

/** When the launcher ran the migration job, in milliseconds since 1970. */
export const startedAtVariable = 'DEV_STARTED_AT'

/** Whether a migration is newer than the job that the launcher ran. */
export function hasNewMigrations(): boolean {
  const folder = join(checkout, 'migrations')
  const changedAt = [folder, ...readdirSync(folder).map((file) => join(folder, file))].map(
    (path) => statSync(path).mtimeMs,
  )
  return Math.max(...changedAt) > Number(process.env[startedAtVariable])
}
