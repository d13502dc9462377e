import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

const rulesDir = join(checkout, 'prometheus/rules')

export const ruleFileNames = (): string[] =>
  readdirSync(rulesDir)
    .filter((name) => name.endsWith('.yml'))
    .sort()

export const readRuleFile = (name: string): RuleFile => parse(readFileSync(join(rulesDir, name), 'utf8'))
