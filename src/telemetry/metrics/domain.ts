import type { MetricDefinition } from './definitions.ts'

/** Metrics of the domain. A fork lists its own here; `metrics.md` documents each. */
export const domainMetrics = {
  mcp_circuit_breaker_state: {
    type: 'gauge',
    help: '1 for the state a circuit breaker is in (closed, open, half_open, isolated), 0 for the others.',
    labels: ['dependency', 'state'],
  },
} as const satisfies Record<string, MetricDefinition>
