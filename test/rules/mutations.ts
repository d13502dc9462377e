/** Mutation operators that apply to any rule. */
import type { Rule } from '../../dev/lib/rule-files.ts'

export interface Mutation {
  readonly description: string
  readonly rule: Rule
}

const opposite: Readonly<Record<string, string>> = {
  '>': '<',
  '<': '>',
  '>=': '<',
  '<=': '>',
  '==': '!=',
  '!=': '==',
}
const comparison = /\{[^}]*\}|(==|!=|>=|<=|>|<)\s*([\d.]*)/g
const metric = /"[^"]*"|\b(?:mcp_|otelcol_|job:|job_tool:|nodejs_|process_|scrape_)[\w:]+|\bup\b/g
const grouping = /\bby \(([^)]*)\)/g
/** A condition at the start of a line, up to the next condition or the closing parenthesis. */
const condition = /^[ ]*(?:and|unless)\b[\s\S]*?(?=^[ ]*(?:and|or|unless)\b|^[ ]*\)[ ]*$|(?![\s\S]))/gm

/** Small integers are counts and decrease by 1; ratios and seconds decrease by a fifth. */
const lowered = (bound: number): number => (Number.isInteger(bound) && bound <= 10 ? bound - 1 : bound * 0.8)

/** Mutations of an alert outside of its expression. */
export function alertMutations(rule: Rule): Mutation[] {
  const { for: _for, ...withoutFor } = rule
  const { keep_firing_for: _keep, ...withoutKeepFiring } = rule
  const { description: _description, ...annotations } = rule.annotations ?? {}
  return [
    ...(rule.for === undefined ? [] : [{ description: 'without for', rule: withoutFor }]),
    ...(rule.keep_firing_for === undefined
      ? []
      : [{ description: 'without keep_firing_for', rule: withoutKeepFiring }]),
    { description: 'severity changed', rule: { ...rule, labels: { ...rule.labels, severity: 'none' } } },
    { description: 'without a description', rule: { ...rule, annotations } },
  ]
}

export function expressionMutations(rule: Rule): Mutation[] {
  const { expr } = rule
  const replaceAt = (description: string, index: number, old: string, replacement: string): Mutation => ({
    description,
    rule: { ...rule, expr: expr.slice(0, index) + replacement + expr.slice(index + old.length) },
  })
  return [
    ...[...expr.matchAll(comparison)].flatMap(({ 0: found, 1: sign, 2: number = '', index }) =>
      sign === undefined
        ? []
        : [
            replaceAt(
              `${found} changed to ${opposite[sign]} (at ${index})`,
              index,
              sign,
              opposite[sign] ?? '',
            ),
            ...(Number(number) > 0 && sign !== '=='
              ? [
                  replaceAt(
                    `${found} lowered (at ${index})`,
                    index,
                    found,
                    `${sign} ${lowered(Number(number))}`,
                  ),
                  replaceAt(`${found} raised (at ${index})`, index, found, `${sign} ${Number(number) * 5}`),
                ]
              : []),
          ],
    ),
    ...[...expr.matchAll(metric)].flatMap(({ 0: found, index }) =>
      found.startsWith('"')
        ? []
        : [replaceAt(`${found} renamed (at ${index})`, index, found, `${found}_renamed`)],
    ),
    ...[...expr.matchAll(grouping)].flatMap(({ 0: found, 1: labels = '', index }) =>
      labels.split(', ').map((label) => {
        const others = labels.split(', ').filter((other) => other !== label)
        return replaceAt(`grouped without ${label} (at ${index})`, index, found, `by (${others.join(', ')})`)
      }),
    ),
    ...[...expr.matchAll(condition)].map(({ 0: found, index }) =>
      replaceAt(
        `without ${found.trim().replaceAll(/\s+/g, ' ').slice(0, 40)} (at ${index})`,
        index,
        found,
        '',
      ),
    ),
  ]
}
