import { errorTable } from '../../src/errors.ts'

/** Label matchers with dashboard variables. */
export const replicas = 'job=~"$job",instance=~"$instance"'
/** Without what clients of the 2025 revisions send when they connect and disconnect. */
export const refusals = `${replicas},reason!~"no_stream|no_session"`
export const tools = `${replicas},tool_name=~"$tool"`
export const dependencies = `${replicas},dependency=~"$dependency"`

const codes = Object.entries(errorTable)
/** Matcher of server errors, which burn the error budget. */
export const serverErrorCodes = `code=~"${codesWhere(true)}"`
/** Matcher of client errors. */
export const clientErrorCodes = `code=~"${codesWhere(false)}"`

function codesWhere(isServerError: boolean): string {
  return codes
    .filter(([, { burnsBudget }]) => burnsBudget === isServerError)
    .map(([code]) => code)
    .join('|')
}

export interface Objective {
  readonly target: number
  readonly budget: number
  /** Recording rule of the error ratio without its range. */
  readonly recorded: string
  /** Ratio of calls that missed the objective over a range such as `1h`; empty without calls. */
  errorRatio(matchers: string, range: string): string
}

/** Empty while no replica reports, so that an old value never passes for the present one. */
export const whileUp = (expr: string): string => `(${expr}) and on () (up{${replicas}} == 1)`

/** Empty instead of NaN for a zero denominator. */
const ratio = (numerator: string, denominator: string): string => `${numerator} / (${denominator} > 0)`

const callRate = (matchers: string, range: string) => `sum(rate(mcp_tool_calls_total{${matchers}}[${range}]))`

export const availability: Objective = {
  target: 0.995,
  budget: 0.005,
  recorded: 'job:mcp_tool_failures:ratio_rate',
  errorRatio: (matchers, range) =>
    ratio(
      `sum(rate(mcp_tool_errors_total{${matchers},${serverErrorCodes}}[${range}]))`,
      callRate(matchers, range),
    ),
}

/** Matcher of successful tool calls: calls that fail at once would pass for fast ones. */
const successes = 'mcp_method_name="tools/call",error_type=""'

export const latency: Objective = {
  target: 0.95,
  budget: 0.05,
  recorded: 'job:mcp_tool_slow_calls:ratio_rate',
  // Prometheus 3 formats the bound as 1.0, Prometheus 2 as 1.
  errorRatio: (matchers, range) =>
    `1 - ${ratio(
      `sum(rate(mcp_server_operation_duration_seconds_bucket{${matchers},${successes},le=~"1(\\\\.0)?"}[${range}]))`,
      `sum(rate(mcp_server_operation_duration_seconds_count{${matchers},${successes}}[${range}]))`,
    )}`,
}

/** Rate per second over Grafana's rate interval. */
export const rate = (metric: string, matchers: string, by: string): string =>
  `sum by (${by}) (rate(${metric}{${matchers}}[$__rate_interval]))`

/** Share of the time in which the event loop of each replica was not idle. */
export const eventLoopUtilization = rate(
  'nodejs_eventloop_time_seconds_total',
  `${replicas},nodejs_eventloop_state="active"`,
  'instance',
)

const lag = (figure: string) => `nodejs_eventloop_lag_${figure}_seconds{${replicas}}`

/** Mean time that an event waits, as in the recording rule of EventLoopLag (prometheus/rules/replicas.yml). */
export const eventLoopWait = `(${lag('mean')} ^ 2 + ${lag('stddev')} ^ 2) / (2 * ${lag('mean')})`

/** Increase over the selected time range. */
export const total = (metric: string, matchers: string, by: string): string =>
  `sum by (${by}) (increase(${metric}{${matchers}}[$__range]))`

export const ratioOf = (
  metric: string,
  { matchers, only, by }: { matchers: string; only: string; by: string },
): string => ratio(rate(metric, `${matchers},${only}`, by), rate(metric, matchers, by))

/**
 * Empty instead of NaN without observations.
 *
 * @param metric without the suffix `_bucket`
 */
export const quantile = (q: number, metric: string, matchers: string, by = ''): string =>
  `histogram_quantile(${q}, ${rate(`${metric}_bucket`, matchers, by === '' ? 'le' : `${by}, le`)}) >= 0`
