import type { MetricDefinition } from './definitions.ts'

/** Metrics of what this server is about, as in `definitions.ts`; `metrics.md` documents each. */
export const domainMetrics = {} as const satisfies Record<string, MetricDefinition>
