import type { Metrics } from './metrics/metrics.ts'

/** Times one operation of a dependency. `operation` is a constant: it becomes a label value. */
export type MeasureOperation = <T>(operation: string, work: () => Promise<T>) => Promise<T>

/**
 * Times operations in `mcp_dependency_operation_seconds`, in seconds. Called once where the client is built.
 * @param dependency a constant, the same name that its health check has: it becomes a label value
 */
export function measureOperations(metrics: Metrics, dependency: string): MeasureOperation {
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
