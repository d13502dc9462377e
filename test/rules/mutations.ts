/** Mistakes that can be made in any rule, found by looking at its expression. */
import type { Rule } from '../../dev/lib/rule-files.ts'

export interface Change {
  readonly mistake: string
  readonly changed: Rule
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
const metric = /"[^"]*"|\b(?:mcp_|job:|job_tool:|nodejs_|process_|scrape_)[\w:]+|\bup\b/g
const grouping = /\bby \(([^)]*)\)/g
/** A condition that begins a line, up to the next one or the end of its parentheses. */
const condition = /^[ ]*(?:and|unless)\b[\s\S]*?(?=^[ ]*(?:and|or|unless)\b|^[ ]*\)[ ]*$|(?![\s\S]))/gm

/** Few things are counted one by one; shares and seconds are lowered by a fifth. */
const lowered = (bound: number): number => (Number.isInteger(bound) && bound <= 10 ? bound - 1 : bound * 0.8)

/** What an alert says besides its expression. */
export function mistakesOfAlert(rule: Rule): Change[] {
  const { for: _for, ...atOnce } = rule
  const { keep_firing_for: _keep, ...letGo } = rule
  const { description: _description, ...annotations } = rule.annotations ?? {}
  return [
    ...(rule.for === undefined ? [] : [{ mistake: 'fires at once', changed: atOnce }]),
    ...(rule.keep_firing_for === undefined ? [] : [{ mistake: 'does not stay', changed: letGo }]),
    { mistake: 'has another severity', changed: { ...rule, labels: { ...rule.labels, severity: 'none' } } },
    { mistake: 'has no description', changed: { ...rule, annotations } },
  ]
}

export function mistakesOfExpression(rule: Rule): Change[] {
  const { expr } = rule
  const change = (mistake: string, index: number, old: string, by: string): Change => ({
    mistake,
    changed: { ...rule, expr: expr.slice(0, index) + by + expr.slice(index + old.length) },
  })
  return [
    ...[...expr.matchAll(comparison)].flatMap(({ 0: found, 1: sign, 2: number = '', index }) =>
      sign === undefined
        ? []
        : [
            change(`${found} turned into ${opposite[sign]} (at ${index})`, index, sign, opposite[sign] ?? ''),
            ...(Number(number) > 0 && sign !== '=='
              ? [
                  change(
                    `${found} lowered (at ${index})`,
                    index,
                    found,
                    `${sign} ${lowered(Number(number))}`,
                  ),
                  change(`${found} raised (at ${index})`, index, found, `${sign} ${Number(number) * 5}`),
                ]
              : []),
          ],
    ),
    ...[...expr.matchAll(metric)].flatMap(({ 0: found, index }) =>
      found.startsWith('"')
        ? []
        : [change(`${found} misspelt (at ${index})`, index, found, `${found}_renamed`)],
    ),
    ...[...expr.matchAll(grouping)].flatMap(({ 0: found, 1: labels = '', index }) =>
      labels.split(', ').map((label) => {
        const others = labels.split(', ').filter((other) => other !== label)
        return change(`grouped without ${label} (at ${index})`, index, found, `by (${others.join(', ')})`)
      }),
    ),
    ...[...expr.matchAll(condition)].map(({ 0: found, index }) =>
      change(`without ${found.trim().replaceAll(/\s+/g, ' ').slice(0, 40)} (at ${index})`, index, found, ''),
    ),
  ]
}
