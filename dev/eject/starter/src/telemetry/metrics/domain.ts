import type { MetricDefinition } from './definitions.ts'

/** Metrics of the domain, as in `definitions.ts`; document each in `metrics.md`. */
export const domainMetrics = {} as const satisfies Record<string, MetricDefinition>
