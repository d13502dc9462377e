/** Behind `npm run dev`: runs the server from its sources, with the services of `npm start`, and restarts it at each change. */

import { launch } from '../launcher/launcher.ts'
import { loadEnv } from '../launcher/load-env.ts'
import { describeError, ExpectedError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'
import { startedAtVariable } from './new-migrations.ts'

// Standard output belongs to the server's log.
const log = (text: string) => process.stderr.write(`${text}\n`)

const watch = [
  ...['src', 'public', 'migrations'].map((folder) => `--watch-path=${folder}`),
  '--watch-preserve-output',
]
const server = ['--import', 'tsx', '--import', './src/telemetry/register.ts', 'dev/watch/server.ts']

/** For a debugger, which finds the server at the same port after each change. */
function inspectFlags(args: readonly string[]): readonly string[] {
  if (args.every((arg) => /^--inspect(-brk)?(=\d+)?$/.test(arg))) return args
  throw new ExpectedError('Usage: npm run dev [-- --inspect[=PORT]]')
}

try {
  const flags = inspectFlags(process.argv.slice(2))
  loadEnv(checkout)
  const code = await launch({
    env: {
      ...process.env,
      LOG_FORMAT: process.env.LOG_FORMAT || 'pretty',
      [startedAtVariable]: String(Date.now()),
    },
    log,
    migrate: ['--import', 'tsx', 'src/commands/migrate.ts'],
    main: [...watch, ...flags, ...server],
    // A server that fails to start waits for the next change.
    stallMs: Number.POSITIVE_INFINITY,
  })
  process.exit(code)
} catch (error) {
  log(describeError(error))
  process.exit(1)
}
