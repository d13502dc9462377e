/** Behind `npm start`: runs the built server with a database, a Redis and whatever else it lacks. */

import { launch } from '../launcher/launcher.ts'
import { loadEnv } from '../launcher/load-env.ts'
import { describeError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'

// Standard output belongs to the server's log.
const log = (text: string) => process.stderr.write(`${text}\n`)

try {
  loadEnv(checkout)
  process.exit(await launch({ env: process.env, log }))
} catch (error) {
  log(describeError(error))
  process.exit(1)
}
