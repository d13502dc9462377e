/** Checks that metrics, labels and recorded series exist. */

import { readFileSync } from 'node:fs'
import client from 'prom-client'
import { type MetricDefinition, metricDefinitions } from '../../../src/telemetry/metrics/definitions.ts'
import { assertNamesExist, recordingRules } from '../rules.ts'
import { thirdPartyMetrics } from '../third-party-metrics.ts'
import type { Doc, Fragment } from './doc.ts'
import type { ExternalNames, Problem } from './problem.ts'

const registry = new client.Registry()
client.collectDefaultMetrics({ register: registry })

const labelsOf = new Map<string, readonly string[]>(
  [
    ...Object.entries<MetricDefinition>(metricDefinitions),
    ...registry
      .getMetricsAsArray()
      .map(({ name, type }) => [name, { type: String(type), labels: [] }] as const),
  ].flatMap(([name, { type, labels }]) => [
    [name, labels] as const,
    ...(type === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((suffix) => [name + suffix, labels] as const)
      : []),
  ]),
)
const labelNames = new Set(Object.values<MetricDefinition>(metricDefinitions).flatMap(({ labels }) => labels))
const databaseRoles = new Set(
  [...readFileSync('deploy/postgres/roles.sh', 'utf8').matchAll(/\bmcp_\w+/g)].map(([name]) => name),
)

/** Words with the prefix of a metric. */
const external: ExternalNames = {
  http_code: 'curl, a status',
  http_headers: 'Codex, a setting',
  mcp_config: 'Windsurf, a file',
  mcp_servers: 'Codex, a setting',
}
/** An API key, `mcp_ID_SECRET`, or its id. */
const apiKey = /^mcp_(?:ID_SECRET|[0-9a-f]{12}_?)/

const looksLikeMetric = /(?<![\w:.])(?:mcp|http|nodejs|process)_\w*\w(?![\w:*]|_?\{[a-z]+,)/g
const looksRecorded = /(?<![\w:])[a-z_]+:[a-z0-9_]+:[a-z0-9_]+(?![\w:])/g
const selector = /\b((?:mcp|nodejs|process)_\w+)\{([^{}]*)\}/g

export function metricProblems(doc: Doc): Problem[] {
  const fragments: readonly Fragment[] = [...doc.quotes, ...doc.blocks, ...doc.prose]
  return [
    ...fragments.flatMap((fragment) =>
      fragment.text
        .split('\n')
        .flatMap((row, index) => unknownIn(row).map((message) => ({ line: fragment.line + index, message }))),
    ),
    ...doc.blocks.filter(({ language }) => language === 'promql').flatMap(queryProblems),
  ]
}

function unknownIn(text: string): string[] {
  const metrics = [...text.matchAll(looksLikeMetric)]
    .map(([name]) => name)
    .filter((name) => !labelsOf.has(name) && !labelNames.has(name) && !databaseRoles.has(name))
    .filter((name) => !external[name] && !apiKey.test(name))
    .map((name) => `there is no metric ${name}`)
  const series = [...text.matchAll(looksRecorded)]
    .filter(([name]) => !recordingRules.has(name))
    .map(([name]) => `no rule records ${name}`)
  const labels = [...text.matchAll(selector)].flatMap(([, metric = '', matchers = '']) =>
    [...matchers.matchAll(/(\w+)\s*[=!]~?/g)]
      .map(([, label = '']) => label)
      .filter(
        (label) =>
          ![
            ...(labelsOf.get(metric) ?? []),
            ...(thirdPartyMetrics[metric] ?? []),
            'job',
            'instance',
            'le',
          ].includes(label),
      )
      .map((label) => `${metric} has no label ${label}`),
  )
  return [...metrics, ...series, ...labels]
}

function queryProblems({ line, text }: Fragment): Problem[] {
  try {
    assertNamesExist(text, 'query')
    return []
  } catch (error) {
    return [{ line, message: (error as Error).message }]
  }
}
