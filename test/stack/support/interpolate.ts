import type { Variable } from './named-queries.ts'
import type { PrometheusApi } from './prometheus-api.ts'

export type Values = Readonly<Record<string, string>>

/** What Grafana would put in for its own variables, for series that are a minute old. */
const intervals: Values = { __rate_interval: '15s', __range: '60s', __interval: '5s' }

/** Puts in what `$name` or `${name}` stands for. */
export const interpolate = (expression: string, values: Values): string =>
  expression.replace(/\$(?:\{(\w+)\}|(\w+))/g, (written, inBraces?: string, bare?: string) => {
    const value = values[inBraces ?? bare ?? '']
    if (value === undefined) throw new Error(`nothing says what ${written} stands for in ${expression}`)
    return value
  })

const labelValues = /^label_values\((?<selector>.+), *(?<label>\w+)\)$/s

export interface VariableQuery {
  readonly selector: string
  readonly label: string
}

/** The parts of a variable's query. */
export function variableQuery({ name, query }: Variable): VariableQuery {
  const { selector, label } = labelValues.exec(query)?.groups ?? {}
  if (selector === undefined || label === undefined) throw new Error(`$${name} is no label_values: ${query}`)
  return { selector, label }
}

/** Gives variables their values, in their order, as Grafana does when a dashboard is opened. */
export async function resolveVariables(
  variables: readonly Variable[],
  prometheus: Pick<PrometheusApi, 'labelValues'>,
): Promise<Values> {
  let values: Values = intervals
  for (const variable of variables) {
    const { selector, label } = variableQuery(variable)
    const found = await prometheus.labelValues(label, interpolate(selector, values))
    if (found.length === 0) throw new Error(`$${variable.name} has no values: ${variable.query}`)
    if (variable.chosen !== undefined && !found.includes(variable.chosen))
      throw new Error(`$${variable.name} is ${variable.chosen}, which is none of ${found}`)
    values = { ...values, [variable.name]: variable.chosen ?? anyOf(found) }
  }
  return values
}

/** Grafana's regular expression for several values, escaped for a string of PromQL. */
const anyOf = (values: readonly string[]): string =>
  `(${values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\\\$&')).join('|')})`
