/** `npm run dev`: runs the server from its sources with the services of `npm start`, and restarts it on each change. */
import { launch } from '../launcher/launcher.ts'
import { loadEnv, runMain } from '../lib/command.ts'
import { ExpectedError } from '../lib/expected-error.ts'

const watch = [
  ...['src', 'public', 'migrations'].map((folder) => `--watch-path=${folder}`),
  '--watch-preserve-output',
]
const server = ['--import', 'tsx', '--import', './src/telemetry/register.ts', 'dev/watch/server.ts']

await runMain(() => {
  const flags = process.argv.slice(2)
  if (!flags.every((flag) => /^--inspect(-brk)?(=\d+)?$/.test(flag)))
    throw new ExpectedError('Usage: npm run dev [-- --inspect[=PORT]]')
  loadEnv()
  return launch({
    env: {
      ...process.env,
      LOG_FORMAT: process.env.LOG_FORMAT || 'pretty',
      DEV_STARTED_AT: String(Date.now()),
    },
    migrate: ['--import', 'tsx', 'src/commands/migrate.ts'],
    main: [...watch, ...flags, ...server],
  })
})
process.exit()
