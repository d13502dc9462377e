import type { Metrics } from './metrics/metrics.ts'

export type Dependency = 'database' | 'redis' | 'external_api'

/** Times operations on one dependency. `operation` is one of a few fixed names, never text of a caller's. */
export type MeasureOperation = <T>(operation: string, work: () => Promise<T>) => Promise<T>

export function measureOperations(metrics: Metrics, dependency: Dependency): MeasureOperation {
  return async (operation, work) => {
    const startedAtMs = performance.now()
    const done = (outcome: 'success' | 'error') => {
      const seconds = (performance.now() - startedAtMs) / 1000
      try {
        metrics.observe('mcp_dependency_operation_seconds', { dependency, operation, outcome }, seconds)
      } catch {
        // A metric that can't be written must not fail the operation it is about.
      }
    }
    try {
      const result = await work()
      done('success')
      return result
    } catch (error) {
      done('error')
      throw error
    }
  }
}
