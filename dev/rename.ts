/** Behind `npm run rename -- NAME`: gives the project another name, in every file that says it. */
import { describeError } from './expected-error.ts'
import { checkout } from './paths.ts'
import { readOptions } from './rename/options.ts'
import { rename } from './rename/rename.ts'

try {
  console.log(rename(checkout, readOptions(process.argv.slice(2))))
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}
