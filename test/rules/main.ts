/**
 * `npm run test:rules` validates the Prometheus configuration and rules and runs the rule tests.
 * `npm run test:rules -- mutants [FILE…]` runs mutation tests: each changed rule must fail a rule test.
 */
import { describeError, ExpectedError } from '../../dev/lib/expected-error.ts'
import { ruleFileNames } from '../../dev/lib/rule-files.ts'
import { checkRules } from './check.ts'
import { testMutants } from './test-mutants.ts'

const usage =
  'Usage: npm run test:rules [-- mutants [FILE…]]\n  FILE  a file of prometheus/rules; default: all'

async function run([suite, ...files]: readonly string[]): Promise<readonly boolean[]> {
  if (suite === undefined) return checkRules()
  const unknown = files.filter((file) => !ruleFileNames().includes(file))
  if (suite !== 'mutants' || unknown.length > 0) throw new ExpectedError(usage)
  return testMutants(files.length === 0 ? ruleFileNames() : files)
}

try {
  const results = await run(process.argv.slice(2))
  const failed = results.filter((passed) => !passed).length
  console.log(`\n${results.length - failed} passed, ${failed} failed`)
  process.exitCode = failed === 0 && results.length > 0 ? 0 : 1
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}
