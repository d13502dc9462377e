import type { Metrics } from './metrics/metrics.ts'

/** Times one operation of a dependency. `operation` is a constant: it becomes a label value. */
export type MeasureOperation = <T>(operation: string, work: () => Promise<T>) => Promise<T>

/**
 * Measures operations in `mcp_dependency_operation_seconds`. Called once per client.
 * @param dependency a constant, equal to the name of its health check: it becomes a label value
 */
export function measureOperations(metrics: Metrics, dependency: string): MeasureOperation {
  return async (operation, work) => {
    const startedAtMs = performance.now()
    const done = (outcome: 'success' | 'error') => {
      const seconds = (performance.now() - startedAtMs) / 1000
      try {
        metrics.observe('mcp_dependency_operation_seconds', { dependency, operation, outcome }, seconds)
      } catch {
        // A failing metrics backend must not fail the measured operation.
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
