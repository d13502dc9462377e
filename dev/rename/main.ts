/** Behind `npm run rename -- NAME`: gives the project another name, in every file that says it. */
import { describeError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'
import { readOptions } from './options.ts'
import { rename } from './rename.ts'

try {
  console.log(rename(checkout, readOptions(process.argv.slice(2))))
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}
