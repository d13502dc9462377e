import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { kebabCase } from '../../../dev/lib/kebab-case.ts'
import { type ErrorCode, errorTable } from '../../../src/errors.ts'
import { type MetricDefinition, metricDefinitions } from '../../../src/telemetry/metrics/definitions.ts'
import { namesIn } from '../../stack/support/promql.ts'
import { testFileNames, testsDir } from '../../support/rule-tests.ts'
import {
  alerts,
  assertNamesExist,
  dashboards,
  recordingRules,
  rules,
  runbookOf,
  runbooks,
} from '../../support/rules.ts'

describe('alerts', () => {
  it('have a runbook each, and every runbook has an alert', () => {
    assert.deepEqual(
      [...new Set(alerts.map(({ alert }) => alert))].sort(),
      runbooks.map(({ text }) => /^# (.+)$/m.exec(text)?.[1]).sort(),
    )
  })

  it('set a severity, a summary, a description and a dashboard', () => {
    for (const { alert = '', labels, annotations = {} } of alerts) {
      assert.match(labels?.severity ?? '', /^(page|ticket|warn|heartbeat)$/, alert)
      for (const name of ['summary', 'description'])
        assert.ok((annotations[name] ?? '').length > 10, `${alert}: ${name}`)
      const uid = annotations.dashboard_url?.replace('{{ $externalLabels.grafana_url }}/d/mcp-', '')
      assert.ok(dashboards.includes(uid ?? ''), `${alert}: ${annotations.dashboard_url}`)
    }
  })

  it('link to a runbook whose first heading is the name of the alert', () => {
    for (const { alert = '', annotations } of alerts) {
      assert.equal(
        annotations?.runbook_url,
        `{{ $externalLabels.runbook_url_prefix }}${kebabCase(alert)}`,
        alert,
      )
      const text = runbookOf(alert)
      assert.equal(/^#+ (.+)$/m.exec(text)?.[1], alert)
      assert.match(text, /^---\ntags: \[runbook, /, alert)
    }
  })

  it('have one test in which they fire and one in which they stay silent', () => {
    const tests = testFileNames().flatMap((name) => parse(readFileSync(join(testsDir, name), 'utf8')).tests)
    for (const { alert } of alerts) {
      const expectations = tests.flatMap(({ alert_rule_test = [] }) =>
        alert_rule_test.filter(({ alertname }: { alertname: string }) => alertname === alert),
      )
      assert.ok(
        expectations.some(({ exp_alerts }) => exp_alerts.length > 0),
        `${alert} fires in no test`,
      )
      assert.ok(
        alert === 'Watchdog' || expectations.some(({ exp_alerts }) => exp_alerts.length === 0),
        `${alert} stays silent in no test`,
      )
    }
  })
})

describe('rule expressions', () => {
  it('name only metrics and labels that exist', () => {
    for (const { alert, record, expr } of rules) assertNamesExist(expr, alert ?? record ?? '')
  })

  it('select only the jobs of the server, of its probes and of the collector', () => {
    const jobOf = (metric: string, alert = '') =>
      metric.startsWith('probe_') || alert === 'ProbeFailing'
        ? 'mcp-probe'
        : metric.startsWith('otelcol_')
          ? 'otel-collector'
          : 'mcp-server'
    for (const { alert, record, expr } of rules)
      for (const { metric, matchers } of namesIn(expr).selectors) {
        // What is wanted is known in Kubernetes only, under any job.
        if (recordingRules.has(metric) || metric.startsWith('kube_')) continue
        assert.ok(
          matchers.some(
            ({ label, operator, value }) =>
              label === 'job' && operator === '=' && value === jobOf(metric, alert),
          ),
          `${alert ?? record}: ${metric}`,
        )
      }
  })

  it('count exactly the error codes that burn the error budget, or those of client errors', () => {
    const codes = Object.keys(errorTable) as ErrorCode[]
    const burning = codes.filter((code) => errorTable[code].burnsBudget)
    // A caller that gives up makes no mistake.
    const mistakes = codes.filter((code) => !errorTable[code].burnsBudget && code !== 'cancelled')
    let counted = 0
    for (const { record, expr } of rules)
      for (const { metric, matchers } of namesIn(expr).selectors) {
        if (metric !== 'mcp_tool_errors_total') continue
        counted++
        const named = matchers.find(({ label }) => label === 'code')?.value.split('|')
        const expected = record?.includes('client_errors') ? mistakes : burning
        assert.deepEqual(named?.sort(), expected.sort(), record)
      }
    assert.ok(counted > 10)
  })

  it('select a histogram bucket for the objective in the notation of Prometheus 2 and 3', () => {
    const bounds = rules.flatMap(({ expr }) =>
      namesIn(expr).selectors.flatMap(({ matchers }) => matchers.filter(({ label }) => label === 'le')),
    )
    assert.ok(bounds.length > 5)
    for (const { operator, value } of bounds) {
      assert.equal(operator, '=~')
      for (const written of ['1', '1.0']) assert.match(written, new RegExp(`^(?:${value})$`))
    }
    const operations: MetricDefinition = metricDefinitions.mcp_server_operation_duration_seconds
    assert.ok(operations.buckets?.includes(1))
    // A bucket at the threshold of SlowToolCalls makes the percentile exact there.
    const calls: MetricDefinition = metricDefinitions.mcp_tool_latency_seconds
    assert.ok(calls.buckets?.includes(2.5))
  })

  it('count only successful tool calls in the latency objective', () => {
    const counted = rules.flatMap(({ record, expr }) =>
      record?.startsWith('job:mcp_tool_slow_calls:') ? namesIn(expr).selectors : [],
    )
    assert.ok(counted.length >= 18)
    for (const { matchers } of counted)
      for (const [label, value] of [
        ['error_type', ''],
        ['mcp_method_name', 'tools/call'],
      ])
        assert.ok(
          matchers.some((matcher) => matcher.label === label && matcher.value === value),
          label,
        )
  })
})
