import type { Variable } from './named-queries.ts'
import type { PrometheusApi } from './prometheus-api.ts'

export type Values = Readonly<Record<string, string>>

/** Grafana's built-in variables, for series that are a minute old. */
const builtInVariables: Values = { __rate_interval: '15s', __range: '60s', __interval: '5s' }

/** Replaces `$name` and `${name}` with their values. */
export const interpolate = (expression: string, values: Values): string =>
  expression.replace(/\$(?:\{(\w+)\}|(\w+))/g, (reference, inBraces?: string, bare?: string) => {
    const value = values[inBraces ?? bare ?? '']
    if (value === undefined) throw new Error(`no value for ${reference} in ${expression}`)
    return value
  })

const labelValues = /^label_values\((?<selector>.+), *(?<label>\w+)\)$/s

export interface VariableQuery {
  readonly selector: string
  readonly label: string
}

/** Parses a `label_values` query. */
export function variableQuery({ name, query }: Variable): VariableQuery {
  const { selector, label } = labelValues.exec(query)?.groups ?? {}
  if (selector === undefined || label === undefined)
    throw new Error(`$${name} is not a label_values query: ${query}`)
  return { selector, label }
}

/** Resolves variables in order, as Grafana does when it opens a dashboard. */
export async function resolveVariables(
  variables: readonly Variable[],
  prometheus: Pick<PrometheusApi, 'labelValues'>,
): Promise<Values> {
  let values: Values = builtInVariables
  for (const variable of variables) {
    const { selector, label } = variableQuery(variable)
    const found = await prometheus.labelValues(label, interpolate(selector, values))
    if (found.length === 0) throw new Error(`$${variable.name} has no values: ${variable.query}`)
    // Grafana takes the first value where the file has none.
    const chosen = variable.chosen === '' ? found[0] : variable.chosen
    if (chosen !== undefined && !found.includes(chosen))
      throw new Error(`$${variable.name} is ${chosen}, expected one of ${found}`)
    values = { ...values, [variable.name]: chosen ?? anyOf(found) }
  }
  return values
}

/** Grafana's regular expression for multiple values, escaped for a PromQL string. */
const anyOf = (values: readonly string[]): string =>
  `(${values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\\\$&')).join('|')})`
