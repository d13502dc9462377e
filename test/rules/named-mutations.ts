/** Mutations of single alerts: known mistakes, such as the two original course rules that the alerts replace. */

export interface NamedMutation {
  readonly alert: string
  /** Selects one rule of an alert with several. */
  readonly severity?: string
  readonly description: string
  /** Text to replace in the expression; default: the whole expression. */
  readonly from?: string
  readonly to: string
}

const burnAlerts = [
  { alert: 'AvailabilityBudgetBurn', series: 'job:mcp_tool_failures', budget: '0.005' },
  { alert: 'LatencyBudgetBurn', series: 'job:mcp_tool_slow_calls', budget: '0.05' },
].flatMap(({ alert, series, budget }) =>
  [
    { severity: 'page', factor: '14.4', short: '5m' },
    { severity: 'page', factor: '6', short: '30m' },
    { severity: 'ticket', factor: '3', short: '2h' },
    { severity: 'ticket', factor: '1', short: '6h' },
  ].map(({ severity, factor, short }) => ({
    alert,
    severity,
    description: `ignores the recovery in the last ${short}`,
    from: `${series}:ratio_rate${short} > ${factor} * ${budget}`,
    to: `${series}:ratio_rate${short} > -1`,
  })),
)

export const namedMutations: readonly NamedMutation[] = [
  {
    alert: 'HighErrorRate',
    description: 'course rule: errors per second',
    to: 'rate(mcp_tool_calls_total{status="error"}[5m]) > 0.1',
  },
  {
    alert: 'HighErrorRate',
    description: 'counts client errors',
    from: 'job_tool:mcp_tool_failures:ratio_rate5m',
    to: `sum by (job, tool_name) (rate(mcp_tool_calls_total{job="mcp-server",status="error"}[5m]))
         / sum by (job, tool_name) (rate(mcp_tool_calls_total{job="mcp-server"}[5m]))`,
  },
  {
    alert: 'SlowToolCalls',
    description: 'course rule: neither rate nor buckets',
    to: 'histogram_quantile(0.95, mcp_tool_latency_seconds) > 5',
  },
  {
    alert: 'SlowToolCalls',
    description: 'uses the average',
    from: 'job_tool:mcp_tool_latency_seconds:p95_rate5m',
    to: `sum by (job, tool_name) (rate(mcp_tool_latency_seconds_sum{job="mcp-server"}[5m]))
         / sum by (job, tool_name) (rate(mcp_tool_latency_seconds_count{job="mcp-server"}[5m]))`,
  },
  {
    alert: 'RejectionsSpike',
    description: 'divides by the past rate, which may be zero',
    to: `sum by (job, reason) (increase(mcp_requests_rejected_total{job="mcp-server",reason!~"no_stream|no_session"}[5m])) >= 60
         and sum by (job, reason) (rate(mcp_requests_rejected_total{job="mcp-server",reason!~"no_stream|no_session"}[5m]))
         > 5 * sum by (job, reason) (rate(mcp_requests_rejected_total{job="mcp-server",reason!~"no_stream|no_session"}[1h] offset 15m))`,
  },
  {
    alert: 'CircuitBreakerOpen',
    description: 'ignores intervals in which the breaker is half open',
    from: 'avg_over_time(mcp_circuit_breaker_state{job="mcp-server",state="closed"}[1m]) < 0.5',
    to: 'avg_over_time(mcp_circuit_breaker_state{job="mcp-server",state="open"}[1m]) > 0.5',
  },
  {
    alert: 'TargetAbsent',
    description: 'counts a target that is down as present',
    from: ' == 1',
    to: '',
  },
  {
    alert: 'InstanceRestarting',
    severity: 'warn',
    description: 'counts a deployment as a crash',
    from: '>= 2',
    to: '>= 1',
  },
  {
    alert: 'InstanceRestarting',
    severity: 'ticket',
    description: 'counts two releases of a day as crashes',
    from: '>= 3',
    to: '>= 2',
  },
  {
    alert: 'HeapNearLimit',
    description: 'uses the peaks before a garbage collection',
    from: 'min_over_time',
    to: 'max_over_time',
  },
  {
    alert: 'EventLoopLag',
    description: 'uses a single long task',
    from: 'avg_over_time',
    to: 'max_over_time',
  },
  ...burnAlerts,
]
