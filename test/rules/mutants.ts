/** Mistakes that somebody could make in the rules. Each one changes what the rules say, so each must fail a test. */

import type { Rule, RuleFile } from '../../dev/lib/rule-files.ts'
import { type Change, mistakesOfAlert, mistakesOfExpression } from './mistakes.ts'
import { namedMistakes } from './named-mistakes.ts'

export interface Mutant {
  readonly file: string
  /** The rule that is wrong; `all` if all of the file are. */
  readonly rule: string
  /** Group of the rule; empty if all are wrong. */
  readonly group: string
  readonly mistake: string
  readonly content: RuleFile
}

export function mutants(file: string, original: RuleFile): Mutant[] {
  const made = original.groups.flatMap(({ name, rules }) =>
    rules.flatMap((rule) =>
      changesOf(rule).map(({ mistake, changed }) => ({
        file,
        rule: nameOf(rule),
        group: name,
        mistake,
        content: replaced(original, (candidate, group) =>
          candidate === rule && group === name ? changed : candidate,
        ),
      })),
    ),
  )
  return [...made, ...inWholeFile(file, original)]
}

const nameOf = ({ alert, record, labels }: Rule): string =>
  alert === undefined ? (record ?? '') : [alert, labels?.severity, labels?.reason].filter(Boolean).join(' ')

function changesOf(rule: Rule): Change[] {
  const named = namedMistakes
    .filter(
      ({ alert, severity }) =>
        alert === rule.alert && (severity ?? rule.labels?.severity) === rule.labels?.severity,
    )
    .map(({ mistake, from, to }) => ({ mistake, changed: { ...rule, expr: swapped(rule, from, to) } }))
  return [...(rule.alert === undefined ? [] : mistakesOfAlert(rule)), ...mistakesOfExpression(rule), ...named]
}

/** A mistake that does not apply any more must be seen, not skipped. */
function swapped({ alert, expr }: Rule, from: string | undefined, to: string): string {
  if (from === undefined) return to
  if (!expr.includes(from)) throw new Error(`${alert} has no ${from}`)
  return expr.replace(from, to)
}

/** What recording rules have in common is made wrong in all of them: one window alone is hidden by its partner. */
function inWholeFile(file: string, original: RuleFile): Mutant[] {
  const text = original.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)).join('\n')
  const parts = [...text.matchAll(/\b(?:code|le)=~"([^"]+)"/g)].flatMap(([, values = '']) =>
    values.split('|'),
  )
  const mistakes: { mistake: string; change: (expr: string) => string }[] = [
    { mistake: 'counts every job', change: (expr) => expr.replaceAll(/job="mcp-server",?/g, '') },
    ...[...new Set(parts)].map((part) => ({
      mistake: `forgets ${part}`,
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
  return mistakes
    .filter(({ change }) => change(text) !== text)
    .map(({ mistake, change }) => ({
      file,
      rule: 'all',
      group: '',
      mistake,
      content: replaced(original, (rule) => ({ ...rule, expr: change(rule.expr) })),
    }))
}

const replaced = ({ groups }: RuleFile, change: (rule: Rule, group: string) => Rule): RuleFile => ({
  groups: groups.map((group) => ({ ...group, rules: group.rules.map((rule) => change(rule, group.name)) })),
})
