import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { checkout } from '../../dev/lib/paths.ts'
import { ruleFileNames } from '../../dev/lib/rule-files.ts'
import { prometheusDir, testFileNames } from '../support/rule-tests.ts'
import { inParallel } from './in-parallel.ts'
import { promtool } from './promtool.ts'

/**
 * Validates the Prometheus configuration, the rules and the runbook queries, and runs the rule tests.
 *
 * @returns whether each check passed
 */
export async function checkRules(): Promise<boolean[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'promtool-'))
  const queryFile = join(scratch, 'runbook-queries.yml')
  const checks = [
    ['check', 'config', 'prometheus.yml'],
    ...ruleFileNames().map((name) => ['check', 'rules', join('rules', name)]),
    ...testFileNames().map((name) => ['test', 'rules', join('tests', name)]),
    ['check', 'rules', queryFile],
  ]
  try {
    writeFileSync(queryFile, toRuleFile(runbookQueries()))
    return await inParallel(checks, async (args) => {
      const { passed, output } = await promtool(args, prometheusDir)
      console.log(`${passed ? 'ok  ' : 'FAIL'} promtool ${args.join(' ')}${passed ? '' : `\n${output}`}`)
      return passed
    })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function runbookQueries(): string[] {
  const folder = join(checkout, 'docs/runbooks')
  return readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/```promql\n([\s\S]*?)```/g)].map(
      ([, query = '']) => query.trim(),
    ),
  )
}

/** promtool parses queries only inside of rules. */
function toRuleFile(expressions: readonly string[]): string {
  const rules = expressions.map((expr, index) => ({ record: `query:${index}`, expr }))
  return stringify({ groups: [{ name: 'runbooks', rules }] })
}
