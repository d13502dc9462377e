import { alertListLink } from '../links.ts'
import type { Json, Panel } from '../model.ts'
import { table } from '../table.ts'

const severities = ['page', 'warn', 'ticket']
const colours = ['red', 'orange', 'yellow']

/** Firing before pending, then by severity: the value of each row is its rank. */
const ranked = ['firing', 'pending']
  .flatMap((state) => severities.map((severity) => ({ state, severity })))
  .map(
    ({ state, severity }, index, all) =>
      `${all.length - index} * ALERTS{alertstate="${state}",severity="${severity}"}`,
  )
  .join(' or ')

/** Labels that say what an alert is about. */
const subjects = ['tool_name', 'dependency', 'cache', 'signal', 'reason', 'probe', 'exporter', 'instance']
const joined = `label_join(${ranked}, "about", " ", ${subjects.map((label) => `"${label}"`).join(', ')})`

const override = (field: string, id: string, value: Json): Json => ({
  matcher: { id: 'byName', options: field },
  properties: [{ id, value }],
})
const severityColours = {
  matcher: { id: 'byName', options: 'Severity' },
  properties: [
    { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
    {
      id: 'mappings',
      value: [
        {
          type: 'value',
          options: Object.fromEntries(
            severities.map((text, index) => [text, { text, color: colours[index] ?? 'text', index }]),
          ),
        },
      ],
    },
    { id: 'custom.width', value: 100 },
  ],
}

export const alerts: Panel = table({
  id: 109,
  title: 'Alerts',
  description:
    'What fires, and what is it about? Firing before pending. A click leads to meaning and runbook.',
  unit: 'none',
  width: 24,
  height: 6,
  targets: [{ expr: `sort_desc(label_replace(${joined}, "about", "the service", "about", " *"))` }],
  columns: [
    ['severity', 'Severity'],
    ['alertstate', 'State'],
    ['alertname', 'Alert'],
    ['about', 'About'],
  ],
  hidden: ['__name__', 'Value', 'job', ...subjects],
  overrides: [
    severityColours,
    override('State', 'custom.width', 100),
    override('Alert', 'links', [alertListLink]),
  ],
})
