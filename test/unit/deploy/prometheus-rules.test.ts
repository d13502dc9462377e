import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { testFileNames, testsDir } from '../../../dev/lib/rule-files.ts'
import { type ErrorCode, errorTable } from '../../../src/errors.ts'
import { type MetricDefinition, metricDefinitions } from '../../../src/telemetry/metrics/definitions.ts'
import { namesIn } from '../../stack/support/promql.ts'
import {
  alerts,
  assertNamesExist,
  dashboards,
  kebabCase,
  recordingRules,
  rules,
  runbookOf,
  runbooks,
} from '../../support/rules.ts'

describe('every alert', () => {
  it('has a runbook, and each runbook has an alert', () => {
    assert.deepEqual(
      [...new Set(alerts.map(({ alert }) => alert))].sort(),
      runbooks.map(({ text }) => /^# (.+)$/m.exec(text)?.[1]).sort(),
    )
  })

  it('says how urgent it is, what happens, and where to look', () => {
    for (const { alert = '', labels, annotations = {} } of alerts) {
      assert.match(labels?.severity ?? '', /^(page|ticket|warn|info)$/, alert)
      for (const name of ['summary', 'description'])
        assert.ok((annotations[name] ?? '').length > 10, `${alert}: ${name}`)
      const uid = annotations.dashboard_url?.replace('http://localhost:3000/d/mcp-', '')
      assert.ok(dashboards.includes(uid ?? ''), `${alert}: ${annotations.dashboard_url}`)
    }
  })

  it('leads to its runbook, whose first heading is its name', () => {
    for (const { alert = '', annotations } of alerts) {
      assert.equal(
        annotations?.runbook_url,
        `http://localhost:8080/documents/runbooks.${kebabCase(alert)}`,
        alert,
      )
      const text = runbookOf(alert)
      assert.equal(/^#+ (.+)$/m.exec(text)?.[1], alert)
      assert.match(text, /^---\ntags: \[runbook, /, alert)
    }
  })

  it('is tested: it fires, and it is silent', () => {
    const tests = testFileNames().flatMap((name) => parse(readFileSync(join(testsDir, name), 'utf8')).tests)
    for (const { alert } of alerts) {
      const expectations = tests.flatMap(({ alert_rule_test = [] }) =>
        alert_rule_test.filter(({ alertname }: { alertname: string }) => alertname === alert),
      )
      assert.ok(
        expectations.some(({ exp_alerts }) => exp_alerts.length > 0),
        `${alert} never fires in a test`,
      )
      assert.ok(
        alert === 'Watchdog' || expectations.some(({ exp_alerts }) => exp_alerts.length === 0),
        `${alert} is never silent in a test`,
      )
    }
  })
})

describe('every expression', () => {
  it('names only metrics and labels that exist', () => {
    for (const { alert, record, expr } of rules) assertNamesExist(expr, alert ?? record ?? '')
  })

  it('looks at the job of the server alone', () => {
    for (const { alert, record, expr } of rules)
      for (const { metric, matchers } of namesIn(expr).selectors) {
        if (recordingRules.has(metric)) continue
        assert.ok(
          matchers.some(
            ({ label, operator, value }) => label === 'job' && operator === '=' && value === 'mcp-server',
          ),
          `${alert ?? record}: ${metric}`,
        )
      }
  })

  it('counts exactly the codes that burn the budget', () => {
    const burning = (Object.keys(errorTable) as ErrorCode[]).filter((code) => errorTable[code].burnsBudget)
    const counted = rules.flatMap(({ expr }) =>
      namesIn(expr).selectors.filter(({ metric }) => metric === 'mcp_tool_errors_total'),
    )
    assert.ok(counted.length > 10)
    for (const { matchers } of counted)
      assert.deepEqual(
        matchers
          .find(({ label }) => label === 'code')
          ?.value.split('|')
          .sort(),
        burning.sort(),
      )
  })

  it('has a bucket for the objective, as Prometheus 2 and 3 write it', () => {
    const { buckets }: MetricDefinition = metricDefinitions.mcp_tool_latency_seconds
    const bounds = rules.flatMap(({ expr }) =>
      namesIn(expr).selectors.flatMap(({ matchers }) => matchers.filter(({ label }) => label === 'le')),
    )
    assert.ok(bounds.length > 5)
    for (const { operator, value } of bounds) {
      assert.equal(operator, '=~')
      for (const written of ['1', '1.0']) assert.match(written, new RegExp(`^(?:${value})$`))
    }
    // The threshold of SlowToolCalls is one too: there the percentile is exact.
    for (const bound of [1, 2.5]) assert.ok(buckets?.includes(bound))
  })
})
