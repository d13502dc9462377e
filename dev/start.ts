/** Behind `npm start`: runs the built server with a database, a Redis and whatever else it lacks. */
import { describeError } from './expected-error.ts'
import { launch } from './launcher.ts'
import { loadEnv } from './load-env.ts'
import { checkout } from './paths.ts'

// Standard output belongs to the server's log.
const log = (text: string) => process.stderr.write(`${text}\n`)

try {
  loadEnv(checkout)
  process.exit(await launch({ env: process.env, log }))
} catch (error) {
  log(describeError(error))
  process.exit(1)
}
