import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { kebabCase } from '../../../dev/lib/kebab-case.ts'
import { alerts, runbookOf } from '../../support/rules.ts'

const order = ['page', 'warn', 'ticket', 'heartbeat']

/** The beginning of the runbook: its first sentence, and the next while that says little, such as "Nothing." */
function meaningOf(alert: string): string {
  const [, paragraph = ''] = /## What it means for users\s+(.+?)(?:\n\n|\n-)/s.exec(runbookOf(alert)) ?? []
  let meaning = ''
  for (const sentence of paragraph.replaceAll(/\s+/g, ' ').split(/(?<=[.:]) /))
    if (meaning.length < 40) meaning = `${meaning} ${sentence}`.trim()
  return meaning.replace(/:$/, '.')
}

it('the page of alerts lists every alert with severities, meaning, runbook and dashboard', () => {
  const severities = new Map<string, Set<string>>()
  for (const { alert = '', labels } of alerts)
    severities.set(alert, (severities.get(alert) ?? new Set()).add(labels?.severity ?? ''))
  const rank = (alert: string) => Math.min(...[...(severities.get(alert) ?? [])].map((s) => order.indexOf(s)))
  const rows = [...severities.keys()]
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((alert) => {
      const severity = order.filter((name) => severities.get(alert)?.has(name)).join(', ')
      const uid = /\bmcp-\w+/.exec(
        alerts.find((rule) => rule.alert === alert)?.annotations?.dashboard_url?.split('/d/')[1] ?? '',
      )?.[0]
      return `| [${alert}](${kebabCase(alert)}.md) | ${severity} | ${meaningOf(alert)} | ${uid} |`
    })
  const page = readFileSync('docs/runbooks/alerts.md', 'utf8')
  const listed = page.split('\n').filter((line) => line.startsWith('| ['))
  assert.deepEqual(listed, rows, `docs/runbooks/alerts.md should list:\n${rows.join('\n')}`)
})
