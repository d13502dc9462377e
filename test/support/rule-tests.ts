/** The promtool tests of the rules. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { checkout } from '../../dev/lib/paths.ts'

export const prometheusDir = join(checkout, 'prometheus')
export const testsDir = join(prometheusDir, 'tests')

export const testFileNames = (): string[] =>
  readdirSync(testsDir)
    .filter((name) => name.endsWith('.yml'))
    .sort()

/** The test files that load a rule file. */
export const testsOf = (ruleFile: string): string[] =>
  testFileNames().filter((name) => {
    const { rule_files } = parse(readFileSync(join(testsDir, name), 'utf8')) as { rule_files: string[] }
    return rule_files.some((path) => basename(path) === ruleFile)
  })
