/** Mistakes that are known by name: above all the two rules of the course that this server's alerts come from. */

export interface NamedMistake {
  readonly alert: string
  /** Where an alert has two rules, the one that is meant. */
  readonly severity?: string
  readonly mistake: string
  /** Text of the expression that is replaced; without it, all of the expression is. */
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
    mistake: `goes on after the last ${short} were good`,
    from: `${series}:ratio_rate${short} > ${factor} * ${budget}`,
    to: `${series}:ratio_rate${short} > -1`,
  })),
)

export const namedMistakes: readonly NamedMistake[] = [
  {
    alert: 'HighErrorRate',
    mistake: "the course's rule: errors per second",
    to: 'rate(mcp_tool_calls_total{status="error"}[5m]) > 0.1',
  },
  {
    alert: 'HighErrorRate',
    mistake: "counts callers' mistakes",
    from: 'job_tool:mcp_tool_failures:ratio_rate5m',
    to: `sum by (job, tool_name) (rate(mcp_tool_calls_total{job="mcp-server",status="error"}[5m]))
         / sum by (job, tool_name) (rate(mcp_tool_calls_total{job="mcp-server"}[5m]))`,
  },
  {
    alert: 'SlowToolCalls',
    mistake: "the course's rule: no rate, no buckets",
    to: 'histogram_quantile(0.95, mcp_tool_latency_seconds) > 5',
  },
  {
    alert: 'SlowToolCalls',
    mistake: 'looks at the average',
    from: 'job_tool:mcp_tool_latency_seconds:p95_rate5m',
    to: `sum by (job, tool_name) (rate(mcp_tool_latency_seconds_sum{job="mcp-server"}[5m]))
         / sum by (job, tool_name) (rate(mcp_tool_latency_seconds_count{job="mcp-server"}[5m]))`,
  },
  {
    alert: 'RejectionsSpike',
    mistake: 'compares by division, which has no answer for a past of zero',
    to: `sum by (job, reason) (increase(mcp_requests_rejected_total{job="mcp-server"}[5m])) >= 60
         and sum by (job, reason) (rate(mcp_requests_rejected_total{job="mcp-server"}[5m]))
         > 5 * sum by (job, reason) (rate(mcp_requests_rejected_total{job="mcp-server"}[1h] offset 15m))`,
  },
  {
    alert: 'CircuitBreakerOpen',
    mistake: 'forgets the state when the breaker is half open',
    from: 'avg_over_time(mcp_circuit_breaker_state{job="mcp-server",state="open"}[1m]) > 0.5',
    to: 'mcp_circuit_breaker_state{job="mcp-server",state="open"} == 1',
  },
  {
    alert: 'TargetAbsent',
    mistake: 'takes a target that is down for one that is there',
    from: ' == 1',
    to: '',
  },
  { alert: 'InstanceRestarting', mistake: 'takes a deployment for a crash', from: '>= 2', to: '>= 1' },
  {
    alert: 'HeapNearLimit',
    mistake: 'looks at the peaks before a collection',
    from: 'min_over_time',
    to: 'max_over_time',
  },
  { alert: 'EventLoopLag', mistake: 'looks at one long task', from: 'avg_over_time', to: 'max_over_time' },
  ...burnAlerts,
]
