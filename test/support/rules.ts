/** Alerting and recording rules, their runbooks, and the metrics and labels they may name. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kebabCase } from '../../dev/lib/kebab-case.ts'
import { type Rule, readRuleFile, ruleFileNames } from '../../dev/lib/rule-files.ts'
import { type MetricDefinition, metricDefinitions } from '../../src/telemetry/metrics/definitions.ts'
import { namesIn } from '../stack/support/promql.ts'
import { thirdPartyMetrics } from './third-party-metrics.ts'

export const rules: readonly Rule[] = ruleFileNames().flatMap((name) =>
  readRuleFile(name).groups.flatMap((group) => group.rules),
)
export const alerts = rules.filter(({ alert }) => alert !== undefined)
/** Expressions of the recording rules by the metric they record. */
export const recordingRules: ReadonlyMap<string, string> = new Map(
  rules.flatMap(({ record, expr }) => (record ? [[record, expr] as const] : [])),
)
export const runbooks = readdirSync('docs/runbooks')
  .filter((file) => file !== 'alerts.md')
  .map((file) => ({ file, text: readFileSync(join('docs/runbooks', file), 'utf8') }))
export const runbookOf = (alert: string): string =>
  runbooks.find(({ file }) => file === `${kebabCase(alert)}.md`)?.text ?? ''
export const dashboards = ['overview', 'tools', 'dependencies', 'runtime', 'telemetry']

/** @returns the labels of a metric; undefined if no such metric exists */
function labelsOf(metric: string): readonly string[] | undefined {
  const expr = recordingRules.get(metric)
  if (expr !== undefined) return namesIn(expr).grouping
  const targetLabels = ['job', 'instance']
  if (thirdPartyMetrics[metric]) return [...targetLabels, ...thirdPartyMetrics[metric]]
  const [, base = metric, suffix] = /^(.*?)(_bucket|_sum|_count)?$/.exec(metric) ?? []
  const definition: MetricDefinition | undefined =
    metricDefinitions[(suffix === undefined ? metric : base) as keyof typeof metricDefinitions]
  if (definition === undefined || (definition.type === 'histogram') !== (suffix !== undefined))
    return undefined
  return [...targetLabels, ...definition.labels, ...(suffix === '_bucket' ? ['le'] : [])]
}

/** @throws AssertionError if an expression names an unknown metric or label */
export function assertNamesExist(expr: string, where: string): void {
  const { selectors, grouping } = namesIn(expr)
  for (const { metric, matchers } of selectors) {
    const labels = labelsOf(metric)
    assert.ok(labels, `${where}: there is no metric ${metric}`)
    for (const { label } of matchers)
      assert.ok(labels.includes(label), `${where}: ${metric} has no label ${label}`)
  }
  const known = new Set(selectors.flatMap(({ metric }) => labelsOf(metric) ?? []))
  for (const label of grouping) assert.ok(known.has(label), `${where}: there is no label ${label}`)
}
