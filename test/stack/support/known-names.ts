import type { NamedQuery } from './named-queries.ts'
import type { PrometheusApi } from './prometheus-api.ts'
import { namesIn, type Selector } from './promql.ts'

/** Metric -> label -> values of all series in Prometheus. */
export type KnownNames = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>

export async function readKnownNames(prometheus: PrometheusApi): Promise<KnownNames> {
  const known = new Map<string, Map<string, Set<string>>>()
  for (const { __name__: metric = '', ...labels } of await prometheus.series('{__name__=~".+"}')) {
    const values = known.get(metric) ?? new Map<string, Set<string>>()
    known.set(metric, values)
    for (const [label, value] of Object.entries(labels))
      values.set(label, (values.get(label) ?? new Set()).add(value))
  }
  return known
}

/** Prometheus derives these from active alerts, so their labels vary. */
const alertMetrics = new Set(['ALERTS', 'ALERTS_FOR_STATE'])

/** Metrics, labels and values of queries that Prometheus does not have. Variables must be interpolated. */
export function unknownNames(queries: readonly NamedQuery[], known: KnownNames): string[] {
  return queries.flatMap(({ where, expr }) => {
    const { selectors, grouping } = namesIn(expr)
    const checked = selectors.filter(({ metric }) => !alertMetrics.has(metric))
    const missing = selectors.flatMap((selector) => unknownInSelector(selector, known))
    for (const label of checked.length < selectors.length ? [] : grouping) {
      if (!checked.some(({ metric }) => known.get(metric)?.has(label))) missing.push(`label ${label}`)
    }
    return missing.map((name) => `${where}: no ${name}`)
  })
}

function unknownInSelector({ metric, matchers }: Selector, known: KnownNames): string[] {
  const labels = known.get(metric)
  if (labels === undefined) return [`metric ${metric}`]
  if (alertMetrics.has(metric)) return []
  return matchers.flatMap(({ label, operator, value }) => {
    const values = labels.get(label)
    if (values === undefined) return [`label ${label} of ${metric}`]
    return operator.startsWith('!') || unmatched(operator, value, values).length === 0
      ? []
      : unmatched(operator, value, values).map((missing) => `${label}="${missing}" of ${metric}`)
  })
}

/** The alternatives of a matcher that match no value. */
function unmatched(operator: string, value: string, values: ReadonlySet<string>): string[] {
  // An empty value matches the series without the label.
  if (operator === '=') return value === '' || values.has(value) ? [] : [value]
  const alternatives = /^[\w|]+$/.test(value) ? value.split('|') : [value]
  return alternatives.filter(
    (alternative) => ![...values].some((known) => new RegExp(`^(?:${alternative})$`).test(known)),
  )
}
