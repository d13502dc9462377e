import { getHeapStatistics } from 'node:v8'
import type { Metrics } from './metrics.ts'

/** Build info and heap limit. prom-client collects the other `nodejs_*` and `process_*` metrics. */
export function measureProcess(
  metrics: Metrics,
  { version, commit }: { version: string; commit: string },
): void {
  metrics.onCollect(() => {
    metrics.set('mcp_build_info', { version, commit, node_version: process.version }, 1)
    metrics.set('nodejs_heap_size_limit_bytes', {}, getHeapStatistics().heap_size_limit)
  })
}
