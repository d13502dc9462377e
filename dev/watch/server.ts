/** The process that `npm run dev` restarts on each change: the server, after the migration job if a migration is new. */
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { whenOrphaned } from '../launcher/stop-requests.ts'

/** Time for calls in flight; open streams are cut, so that a restart is quick. */
const graceMs = 2_000

whenOrphaned(() => process.exit())
process.once('SIGTERM', () => setTimeout(() => process.exit(), graceMs).unref())

const paths = ['migrations', ...readdirSync('migrations').map((file) => `migrations/${file}`)]
if (paths.some((path) => statSync(path).mtimeMs > Number(process.env.DEV_STARTED_AT))) {
  const args = ['--import', 'tsx', 'src/commands/migrate.ts']
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
await import('../../src/main.ts')
