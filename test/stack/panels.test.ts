import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { metricDefinitions } from '../../src/telemetry/metrics/definitions.ts'
import { createCertificate } from '../support/certificates.ts'
import { type OtlpReceiver, otlpEnvironment, startOtlpReceiver } from '../support/otlp.ts'
import { injectFailures } from '../support/sample-calls.ts'
import { startServer } from '../support/server.ts'
import { startStack } from '../support/stack.ts'
import { startBlackboxExporter, startTlsProxy } from './support/blackbox-exporter.ts'
import { interpolate, resolveVariables, type Values, variableQuery } from './support/interpolate.ts'
import { type KnownNames, readKnownNames, unknownNames } from './support/known-names.ts'
import { startMonitoringTargets } from './support/monitoring-targets.ts'
import {
  annotationQueries,
  type DashboardFile,
  type NamedQuery,
  panelQueries,
  type RuleFile,
  readDashboards,
  readRuleFiles,
  ruleQueries,
  variablesOf,
} from './support/named-queries.ts'
import { dataProblems } from './support/panel-data.ts'
import { type RunningPrometheus, startPrometheus } from './support/prometheus.ts'
import { namesIn } from './support/promql.ts'
import { writeShortened } from './support/rule-copies.ts'
import { startTraffic } from './support/traffic.ts'

let otlp: OtlpReceiver
let prometheus: RunningPrometheus
let known: KnownNames
let dashboards: DashboardFile[]
let rules: RuleFile[]
let values: ReadonlyMap<string, Values>

const valuesOf = ({ file }: DashboardFile): Values => values.get(file) ?? {}
const withValues = <Query extends NamedQuery>(query: Query, dashboard: DashboardFile): Query => ({
  ...query,
  expr: interpolate(query.expr, valuesOf(dashboard)),
})
const panelQueriesIn = (dashboard: DashboardFile) =>
  panelQueries(dashboard).map((query) => withValues(query, dashboard))
const panelsWithoutData = async (dashboard: DashboardFile): Promise<string[]> =>
  (await Promise.all(panelQueriesIn(dashboard).map((query) => dataProblems(query, prometheus)))).flat()

const queriesIn = (dashboard: DashboardFile): NamedQuery[] => [
  ...panelQueriesIn(dashboard),
  ...annotationQueries(dashboard).map((query) => withValues(query, dashboard)),
  ...variablesOf(dashboard).map((variable) => {
    const { selector, label } = variableQuery(variable)
    const expr = `count by (${label}) (${interpolate(selector, valuesOf(dashboard))})`
    return { where: `${dashboard.file}: $${variable.name}`, expr }
  }),
]

const unknownIn = (someDashboards: readonly DashboardFile[], someRules: readonly RuleFile[]): string[] =>
  unknownNames([...someDashboards.flatMap(queriesIn), ...someRules.flatMap(ruleQueries)], known)

/** Two replicas under traffic with all kinds of calls and failures of a dependency, so that every panel and rule has data. */
before(async () => {
  otlp = await startOtlpReceiver()
  ;[dashboards, rules] = await Promise.all([readDashboards(), readRuleFiles()])
  const stack = await startStack({ ...otlpEnvironment(otlp.url), LOG_LEVEL: 'info' })
  const { server, env } = stack
  const urls = [server.url, (await startServer(env)).url]
  const certificate = createCertificate('IP:127.0.0.1')
  const exporter = await startBlackboxExporter(certificate)
  const targets = {
    call_2026_07_28: `${server.url}/mcp`,
    call_2025_11_25: `${await startTlsProxy(server.url, certificate)}/mcp`,
    readyz: `${server.url}/readyz`,
  }
  prometheus = await startPrometheus({
    probes: { exporter, targets },
    jobs: await startMonitoringTargets(env),
    targets: urls.map((url) => new URL(url).host),
    ruleFiles: await writeShortened(rules, 60),
  })
  await startTraffic(urls, { perSecond: 30 })
  await delay(8_000)
  const failures = await injectFailures(stack)
  await delay(6_000)
  await failures.end()
  await delay(10_000)
  await readNames()
  // Recorded series of series take several evaluations, which are late on a loaded machine.
  for (let tries = 0; tries < 60 && unknownIn(dashboards, rules).length > 0; tries++) {
    await delay(1_000)
    await readNames()
  }
})

async function readNames(): Promise<void> {
  known = await readKnownNames(prometheus)
  values = new Map(
    await Promise.all(
      dashboards.map(
        async (dashboard) =>
          [dashboard.file, await resolveVariables(variablesOf(dashboard), prometheus)] as const,
      ),
    ),
  )
}

describe('dashboards and rules', () => {
  it('include the five dashboards and at least one rule file', () => {
    assert.deepEqual(dashboards.map(({ json }) => json.uid).sort(), [
      'mcp-dependencies',
      'mcp-overview',
      'mcp-runtime',
      'mcp-telemetry',
      'mcp-tools',
    ])
    assert.ok(rules.length > 0)
  })

  it('reference only existing metrics, labels and label values', () => {
    assert.deepEqual(unknownIn(dashboards, rules), [])
  })

  it('reference every metric of the server', () => {
    const named = new Set(
      [...dashboards.flatMap(queriesIn), ...rules.flatMap(ruleQueries)].flatMap(({ expr }) =>
        namesIn(expr).selectors.map(({ metric }) => metric.replace(/_(bucket|sum|count)$/, '')),
      ),
    )
    assert.deepEqual(
      Object.keys(metricDefinitions).filter((metric) => !named.has(metric)),
      [],
    )
  })

  it('evaluate without errors', async () => {
    const failed = (await prometheus.rules()).filter(({ health }) => health !== 'ok')
    assert.deepEqual(failed, [])
  })
})

describe('the panels', () => {
  it('all return data with the labels of their legends and columns, and exemplars if enabled', async (test) => {
    const queries = dashboards.flatMap(panelQueries)
    assert.deepEqual((await Promise.all(dashboards.map(panelsWithoutData))).flat(), [])
    const panels = new Set(queries.map(({ where }) => where.slice(0, -2)))
    const exemplars = queries.filter(({ exemplar }) => exemplar)
    test.diagnostic(
      `${dashboards.length} dashboards, ${panels.size} panels, ${queries.length} queries with data, ${exemplars.length} of them with exemplars`,
    )
  })

  it('have exemplars whose traces were exported', async () => {
    const end = Date.now() / 1000
    const exported = new Set(otlp.spans.map(({ traceId }) => traceId))
    const queries = dashboards.flatMap(panelQueriesIn).filter(({ exemplar }) => exemplar)
    for (const { where, expr } of queries) {
      const found = await prometheus.exemplars(expr, { start: end - 60, end: end - 2 })
      const traces = found.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id ?? ''))
      assert.ok(traces.length > 10, where)
      assert.deepEqual(
        traces.filter((trace) => !exported.has(trace)),
        [],
        where,
      )
    }
  })

  it('enable exemplars on every latency panel', () => {
    const latencyBuckets = Object.entries(metricDefinitions)
      .filter(([, definition]) => 'exemplars' in definition)
      .map(([metric]) => `${metric}_bucket`)
    const quantiles = dashboards
      .flatMap((dashboard) => dashboard.json.panels)
      .filter(
        ({ type, fieldConfig, targets = [] }) =>
          type !== 'stat' &&
          fieldConfig?.defaults.unit === 's' &&
          targets.some(({ expr }: { expr: string }) =>
            latencyBuckets.some((metric) => expr.includes(metric)),
          ),
      )
    assert.ok(quantiles.length >= 4)
    for (const { title, targets } of quantiles)
      assert.ok(
        targets.some(({ exemplar }: { exemplar: boolean }) => exemplar),
        title,
      )
  })
})

describe('a renamed metric, label or value', () => {
  const replaced = <T>(all: readonly T[], from: RegExp, to: string): T[] =>
    JSON.parse(JSON.stringify(all).replace(from, to))
  const renamed = <T>(all: readonly T[], from: string, to: string): T[] =>
    replaced(all, new RegExp(`\\b${from}\\b`, 'g'), to)

  it('is detected for each metric in dashboards and rules', (test) => {
    // Recorded series have their own test; Prometheus itself defines ALERTS.
    const named = new Set(
      [...dashboards.flatMap(queriesIn), ...rules.flatMap(ruleQueries)].flatMap(({ expr }) =>
        namesIn(expr)
          .selectors.map(({ metric }) => metric)
          .filter((metric) => !metric.includes(':') && metric !== 'ALERTS'),
      ),
    )
    for (const metric of named) {
      const problems = unknownIn(
        renamed(dashboards, metric, `${metric}_renamed`),
        renamed(rules, metric, `${metric}_renamed`),
      )
      assert.ok(
        problems.some((problem) => problem.endsWith(`no metric ${metric}_renamed`)),
        metric,
      )
    }
    test.diagnostic(`${named.size} metrics, renamed one by one`)
  })

  it('is detected for a label, a label value and a recorded series', () => {
    const changes: [from: string, to: string, problem: string][] = [
      ['tool_name', 'tool', 'no label tool'],
      ['upstream_error', 'upstream', 'no code="upstream" of mcp_tool_errors_total'],
      ['job_tool:mcp_tool_calls:increase5m', 'calls:increase5m', 'no metric calls:increase5m'],
    ]
    for (const [from, to, problem] of changes) {
      // The recording rule keeps the old name, so only its readers are wrong.
      const changedRules = rules.map(({ file, text }) => ({
        file,
        text: text.replace(new RegExp(`(?<!record: )\\b${from}\\b`, 'g'), to),
      }))
      const problems = unknownIn(renamed(dashboards, from, to), changedRules)
      assert.ok(
        problems.some((found) => found.includes(problem)),
        `${problem}: ${problems.slice(0, 3)}`,
      )
    }
  })

  it('is detected as missing data, exemplars or labels of a panel', async () => {
    const changes: [from: RegExp, to: string, problem: RegExp][] = [
      [/\bmcp_tool_latency_seconds_bucket/g, 'mcp_tool_latency_bucket', /^tools.json: 103 .*no data/],
      // A histogram without exemplars.
      [
        /\bmcp_tool_latency_seconds_bucket/g,
        'mcp_tool_result_bytes_bucket',
        /^tools.json: 103 .*no exemplars/,
      ],
      [/\{\{client_name\}\}/g, '{{client}}', /^telemetry.json: 301 .*shows client, which/],
      [/"node_version":/g, '"node":', /^telemetry.json: 304 .*shows node, which/],
    ]
    for (const [from, to, problem] of changes) {
      const problems = (await Promise.all(replaced(dashboards, from, to).map(panelsWithoutData))).flat()
      assert.ok(
        problems.some((found) => problem.test(found)),
        `${from}: ${problems}`,
      )
    }
  })
})
