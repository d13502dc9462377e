import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { checkout } from './paths.ts'

export interface Rule {
  readonly alert?: string
  readonly record?: string
  expr: string
  for?: string
  keep_firing_for?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
}

export const prometheusDir = join(checkout, 'prometheus')
const rulesDir = join(prometheusDir, 'rules')
export const testsDir = join(prometheusDir, 'tests')

export const ruleFileNames = (): string[] => yamlFiles(rulesDir)
export const testFileNames = (): string[] => yamlFiles(testsDir)

const yamlFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .sort()

export const readRuleFile = (name: string): RuleFile => parse(readFileSync(join(rulesDir, name), 'utf8'))

/** The promtool test files that load a rule file. */
export const testsOf = (ruleFile: string): string[] =>
  testFileNames().filter((name) => {
    const { rule_files } = parse(readFileSync(join(testsDir, name), 'utf8')) as { rule_files: string[] }
    return rule_files.some((path) => basename(path) === ruleFile)
  })
