/** Creates mutants of the rule files. Each mutation changes the meaning of a rule, so each must fail a test. */

import type { Rule, RuleFile } from '../../dev/lib/rule-files.ts'
import { alertMutations, expressionMutations, type Mutation } from './mutations.ts'
import { namedMutations } from './named-mutations.ts'

export interface Mutant {
  readonly file: string
  /** Name of the mutated rule; `all` if the mutation applies to the whole file. */
  readonly rule: string
  /** Group of the rule; empty if the mutation applies to the whole file. */
  readonly group: string
  readonly description: string
  readonly content: RuleFile
}

export function createMutants(file: string, original: RuleFile): Mutant[] {
  const ruleMutants = original.groups.flatMap(({ name, rules }) =>
    rules.flatMap((rule) =>
      mutationsOf(rule).map(({ description, rule: mutated }) => ({
        file,
        rule: nameOf(rule),
        group: name,
        description,
        content: mapRules(original, (candidate, group) =>
          candidate === rule && group === name ? mutated : candidate,
        ),
      })),
    ),
  )
  return [...ruleMutants, ...createFileMutants(file, original)]
}

const nameOf = ({ alert, record, labels }: Rule): string =>
  alert === undefined ? (record ?? '') : [alert, labels?.severity, labels?.reason].filter(Boolean).join(' ')

function mutationsOf(rule: Rule): Mutation[] {
  const named = namedMutations
    .filter(
      ({ alert, severity }) =>
        alert === rule.alert && (severity ?? rule.labels?.severity) === rule.labels?.severity,
    )
    .map(({ description, from, to }) => ({ description, rule: { ...rule, expr: replaceIn(rule, from, to) } }))
  return [...(rule.alert === undefined ? [] : alertMutations(rule)), ...expressionMutations(rule), ...named]
}

/** @throws Error if the text is missing, so that an outdated mutation is not skipped silently */
function replaceIn({ alert, expr }: Rule, from: string | undefined, to: string): string {
  if (from === undefined) return to
  if (!expr.includes(from)) throw new Error(`the expression of ${alert} does not contain ${from}`)
  return expr.replace(from, to)
}

/** Mutates all recording rules of a file, because the other window of a pair would hide a single mutated window. */
function createFileMutants(file: string, original: RuleFile): Mutant[] {
  const text = original.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)).join('\n')
  const parts = [...text.matchAll(/\b(?:code|le)=~"([^"]+)"/g)].flatMap(([, values = '']) =>
    values.split('|'),
  )
  const mutations: { description: string; change: (expr: string) => string }[] = [
    { description: 'counts every job', change: (expr) => expr.replaceAll(/job="mcp-server",?/g, '') },
    ...[...new Set(parts)].map((part) => ({
      description: `without ${part}`,
      change: (expr: string) =>
        expr.replaceAll(
          /=~"([^"]+)"/g,
          (_, values: string) =>
            `=~"${values
              .split('|')
              .filter((value) => value !== part)
              .join('|')}"`,
        ),
    })),
  ]
  return mutations
    .filter(({ change }) => change(text) !== text)
    .map(({ description, change }) => ({
      file,
      rule: 'all',
      group: '',
      description,
      content: mapRules(original, (rule) => ({ ...rule, expr: change(rule.expr) })),
    }))
}

const mapRules = ({ groups }: RuleFile, change: (rule: Rule, group: string) => Rule): RuleFile => ({
  groups: groups.map((group) => ({ ...group, rules: group.rules.map((rule) => change(rule, group.name)) })),
})
