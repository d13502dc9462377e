/** What `npm run dev` restarts at each change: the server, after the migration job when there is something for it. */
import { spawnSync } from 'node:child_process'
import { whenOrphaned } from '../launcher/stop-requests.ts'
import { hasNewMigrations } from './new-migrations.ts'

/** Calls in flight may finish, but nobody wants to wait for open streams after each change. */
const graceMs = 2_000

whenOrphaned(() => process.exit())
process.once('SIGTERM', () => setTimeout(() => process.exit(), graceMs).unref())

if (hasNewMigrations()) {
  const args = ['--import', 'tsx', 'src/commands/migrate.ts']
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
await import('../../src/main.ts')
