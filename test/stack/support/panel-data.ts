import type { PanelQuery } from './named-queries.ts'
import type { PrometheusApi } from './prometheus-api.ts'

type LabelSet = Readonly<Record<string, string>>

/** The time range of the panel. */
const rangeSeconds = 60

/** Checks the result of a panel's query. Variables must be interpolated. */
export async function dataProblems(
  { where, expr, instant, shown, exemplar }: PanelQuery,
  prometheus: PrometheusApi,
): Promise<string[]> {
  const end = Date.now() / 1000
  const range = { start: end - rangeSeconds, end }
  const found: { metric: LabelSet; values: number[] }[] = instant
    ? (await prometheus.query(expr)).map(({ metric, value }) => ({ metric, values: [value] }))
    : (await prometheus.queryRange(expr, { ...range, step: 5 })).map(({ metric, values }) => ({
        metric,
        values: values.map(([, value]) => value),
      }))
  if (!found.some(({ values }) => values.some((value) => !Number.isNaN(value))))
    return [`${where}: no data: ${expr}`]
  const problems = shown
    .filter((label) => found.some(({ metric }) => metric[label] === undefined))
    .map((label) => `${where}: shows ${label}, which the result does not have`)
  if (exemplar) {
    const traces = (await prometheus.exemplars(expr, range)).flatMap(({ exemplars }) =>
      exemplars.filter(({ labels }) => /^[0-9a-f]{32}$/.test(labels.trace_id ?? '')),
    )
    if (traces.length === 0) problems.push(`${where}: no exemplars: ${expr}`)
  }
  return problems
}
