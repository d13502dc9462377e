import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { type Json, lint, readDashboardFiles, ruleNames } from '../../support/dashboards/lint.ts'

const dashboards = readDashboardFiles()

/** Labels of all alerts that the tests of the rules expect. */
const expectedAlertLabels = (): string[] =>
  readdirSync('prometheus/tests')
    .flatMap((file) => parse(readFileSync(`prometheus/tests/${file}`, 'utf8'), { merge: true }).tests)
    .flatMap(({ alert_rule_test = [] }: Json) => alert_rule_test)
    .flatMap(({ exp_alerts = [] }: Json) => exp_alerts)
    .flatMap(({ exp_labels }: Json) => Object.keys(exp_labels))

/** For each rule a change that breaks it: of a panel of the overview, or of the dashboard without an id. */
const breaks: Readonly<Record<string, { panel?: number; change: (json: Json) => void }>> = {
  'state-words': {
    panel: 301,
    change: ({ fieldConfig }) => (fieldConfig.defaults.color.mode = 'thresholds'),
  },
  'null-mapping': { panel: 105, change: ({ fieldConfig }) => fieldConfig.defaults.mappings.shift() },
  'unknown-is-not-zero': { panel: 106, change: ({ targets }) => (targets[0].expr += ' or vector(0)') },
  'known-is-neutral': { panel: 105, change: ({ fieldConfig }) => (fieldConfig.overrides = []) },
  legend: { panel: 201, change: ({ options }) => (options.legend.sortBy = 'Name') },
  'no-nan': {
    panel: 202,
    change: ({ targets }) => (targets[0].expr = targets[0].expr.replace(' >= 0', '')),
  },
  unit: { panel: 111, change: ({ fieldConfig }) => (fieldConfig.defaults.unit = 'short') },
  'requests-are-http': { panel: 201, change: ({ fieldConfig }) => (fieldConfig.defaults.unit = 'reqps') },
  min: { panel: 203, change: ({ fieldConfig }) => (fieldConfig.defaults.min = undefined) },
  'soft-maximum': { panel: 603, change: ({ fieldConfig }) => (fieldConfig.defaults.max = 1) },
  'rare-events': { panel: 204, change: (panel) => (panel.interval = undefined) },
  question: { panel: 701, change: (panel) => (panel.description = 'Log lines of failed calls.') },
  'recorded-burn-rate': {
    panel: 108,
    change: ({ targets }) => (targets[0].expr = 'rate(mcp_tool_calls_total[5m])'),
  },
  colours: { panel: 204, change: ({ fieldConfig }) => (fieldConfig.defaults.color.fixedColor = 'green') },
  links: {
    panel: 106,
    change: ({ fieldConfig }) => (fieldConfig.defaults.links[0].url = '/d/mcp-dependencies'),
  },
  names: { panel: 203, change: (panel) => (panel.title = 'Our errors') },
  'annotation-regions': { change: ({ annotations }) => delete annotations.list[0].target },
  'no-holes': {
    change: ({ panels }) => (panels.find(({ id }: Json) => id === 204).gridPos.w = 6),
  },
  refresh: { change: (json) => (json.refresh = '10s') },
  'dashboard-links': { change: ({ links }) => (links[0].includeVars = false) },
  'no-fixed-host': {
    change: ({ links }) => (links[1].url = 'http://localhost:8080/documents/runbooks.alerts'),
  },
  title: { change: (json) => (json.title = 'MCP server: overview') },
}

describe('the dashboards', () => {
  it('follow every rule', () => {
    assert.ok(dashboards.length >= 5)
    assert.deepEqual(dashboards.flatMap(lint), [])
  })

  it('have a table of alerts with a place for every label of an alert', () => {
    const { json } = dashboards.find(({ file }) => file === 'overview.json') ?? assert.fail()
    const { targets, transformations } = json.panels.find(({ title }: Json) => title === 'Alerts')
    const { excludeByName, renameByName } = transformations[0].options
    const labels = new Set(expectedAlertLabels())
    assert.ok(labels.size > 5)
    for (const label of labels) {
      assert.ok(label in excludeByName || label in renameByName, `${label} is a column without a title`)
      const placed = ['severity', 'job'].includes(label) || targets[0].expr.includes(`"${label}"`)
      assert.ok(placed, `the column About leaves out ${label}`)
    }
  })
})

describe('the rules for dashboards', () => {
  for (const name of ruleNames)
    it(`report a fault with rule and panel: ${name}`, (test) => {
      const { panel: id, change } = breaks[name] ?? assert.fail(`no change breaks ${name}`)
      const json = structuredClone(dashboards.find(({ file }) => file === 'overview.json')?.json)
      change(id === undefined ? json : json.panels.find((panel: Json) => panel.id === id))
      const problems = lint({ file: 'overview.json', json })
      assert.ok(problems.length > 0)
      for (const problem of problems)
        assert.match(problem, new RegExp(`^overview.json: ${id === undefined ? '' : `${id} .+: `}${name}: `))
      test.diagnostic(problems[0] ?? '')
    })
})
