/** Checks Prometheus' configuration and rules, and runs the tests of the rules. */
import { join } from 'node:path'
import { describeError } from '../expected-error.ts'
import { promtool } from './promtool.ts'
import { prometheusDir, ruleFileNames, testFileNames } from './rule-files.ts'

const checks = [
  ['check', 'config', 'prometheus.yml'],
  ...ruleFileNames().map((name) => ['check', 'rules', join('rules', name)]),
  ...testFileNames().map((name) => ['test', 'rules', join('tests', name)]),
]

try {
  let failed = 0
  for (const args of checks) {
    const { passed, output } = await promtool(args, prometheusDir)
    console.log(`${passed ? 'ok  ' : 'FAIL'} promtool ${args.join(' ')}`)
    if (passed) continue
    failed++
    console.log(output)
  }
  console.log(`\n${checks.length - failed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}
