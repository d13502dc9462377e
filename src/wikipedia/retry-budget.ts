/** Limits retries, so that an outage does not double the request rate. */
export interface RetryBudget {
  /** Adds a fraction of a retry, once per call. */
  earn(): void
  /** Takes one retry from the budget; false if it is exhausted. */
  spend(): boolean
}

/**
 * A token bucket, as in gRPC (A6, "Throttling Retry Attempts") and Finagle.
 * @param ratio retries earned per call: 0.1 is one retry per ten calls
 * @param reserve maximum saved retries, and the initial number
 */
export function createRetryBudget({ ratio, reserve }: { ratio: number; reserve: number }): RetryBudget {
  let tokens = reserve
  return {
    earn() {
      tokens = Math.min(reserve, tokens + ratio)
    },
    spend() {
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
