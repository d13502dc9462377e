import { getHeapStatistics } from 'node:v8'
import type { Metrics } from './metrics.ts'

/** Build info, event loop time and heap limit. prom-client collects the other `nodejs_*` and `process_*` metrics. */
export function measureProcess(
  metrics: Metrics,
  { version, commit }: { version: string; commit: string },
): void {
  // A counter: a gauge of utilization would have to be reset by one of its readers.
  for (const nodejs_eventloop_state of ['active', 'idle'] as const)
    metrics.countTotal(
      'nodejs_eventloop_time_seconds_total',
      { nodejs_eventloop_state },
      () => performance.eventLoopUtilization()[nodejs_eventloop_state] / 1_000,
    )
  metrics.onCollect(() => {
    metrics.set('mcp_build_info', { version, commit, node_version: process.version }, 1)
    metrics.set('nodejs_heap_size_limit_bytes', {}, getHeapStatistics().heap_size_limit)
  })
}
