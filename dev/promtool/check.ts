/** Checks Prometheus' configuration and rules, runs the tests of the rules, and parses the queries of the runbooks. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { describeError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'
import { promtool } from './promtool.ts'
import { prometheusDir, ruleFileNames, testFileNames } from './rule-files.ts'

const scratch = mkdtempSync(join(tmpdir(), 'promtool-'))
const queries = join(scratch, 'queries-of-runbooks.yml')
const checks = [
  ['check', 'config', 'prometheus.yml'],
  ...ruleFileNames().map((name) => ['check', 'rules', join('rules', name)]),
  ...testFileNames().map((name) => ['test', 'rules', join('tests', name)]),
  ['check', 'rules', queries],
]

try {
  writeFileSync(queries, asRules(queriesOfRunbooks()))
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
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function queriesOfRunbooks(): string[] {
  const folder = join(checkout, 'docs/runbooks')
  return readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/```promql\n([\s\S]*?)```/g)].map(
      ([, query = '']) => query.trim(),
    ),
  )
}

/** promtool parses queries only as parts of rules. */
function asRules(expressions: readonly string[]): string {
  const rules = expressions.map((expr, index) => ({ record: `query:${index}`, expr }))
  return stringify({ groups: [{ name: 'runbooks', rules }] })
}
