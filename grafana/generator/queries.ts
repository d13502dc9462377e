import { errorTable } from '../../src/errors.ts'

/** Label matchers by the variables of the dashboards. */
export const replicas = 'job=~"$job",instance=~"$instance"'
export const tools = `${replicas},tool_name=~"$tool"`
export const dependencies = `${replicas},dependency=~"$dependency"`

const codes = Object.entries(errorTable)
/** Failures that are ours to answer for. */
export const burning = `code=~"${codesWhere(true)}"`
/** Failures that callers cause. */
export const mistakes = `code=~"${codesWhere(false)}"`

function codesWhere(burns: boolean): string {
  return codes
    .filter(([, { burnsBudget }]) => burnsBudget === burns)
    .map(([code]) => code)
    .join('|')
}

export interface Objective {
  readonly target: number
  readonly budget: number
  /** The share of calls that missed it, over a range such as `1h`; nothing where there were no calls. */
  missed(matchers: string, range: string): string
}

/** A dashboard has no use for a share of nothing, which would be NaN. */
const ratio = (part: string, whole: string): string => `${part} / (${whole} > 0)`

const callsOver = (matchers: string, range: string) =>
  `sum(rate(mcp_tool_calls_total{${matchers}}[${range}]))`

export const availability: Objective = {
  target: 0.995,
  budget: 0.005,
  missed: (matchers, range) =>
    ratio(`sum(rate(mcp_tool_errors_total{${matchers},${burning}}[${range}]))`, callsOver(matchers, range)),
}

export const latency: Objective = {
  target: 0.95,
  budget: 0.05,
  // Prometheus 3 writes the bound as 1.0, Prometheus 2 as 1.
  missed: (matchers, range) =>
    `1 - ${ratio(
      `sum(rate(mcp_tool_latency_seconds_bucket{${matchers},le=~"1(\\\\.0)?"}[${range}]))`,
      `sum(rate(mcp_tool_latency_seconds_count{${matchers}}[${range}]))`,
    )}`,
}

/** Per second, over the interval that suits the zoom. */
export const rate = (metric: string, matchers: string, by: string): string =>
  `sum by (${by}) (rate(${metric}{${matchers}}[$__rate_interval]))`

/** How often over the whole time that is shown. */
export const total = (metric: string, matchers: string, by: string): string =>
  `sum by (${by}) (increase(${metric}{${matchers}}[$__range]))`

export const shareOf = (
  metric: string,
  { matchers, only, by }: { matchers: string; only: string; by: string },
): string => ratio(rate(metric, `${matchers},${only}`, by), rate(metric, matchers, by))

/** `metric` without `_bucket`. */
export const quantile = (q: number, metric: string, matchers: string, by = ''): string =>
  `histogram_quantile(${q}, ${rate(`${metric}_bucket`, matchers, by === '' ? 'le' : `${by}, le`)})`
