/** How many retries are allowed, so that an outage is not met with twice the requests. */
export interface RetryBudget {
  /** Tells that a call begins, which earns a part of a retry. */
  earn(): void
  /** Takes one retry, if there is one left. */
  spend(): boolean
}

/**
 * A token bucket, as gRPC (A6, "Throttling Retry Attempts") and Finagle have it.
 * @param ratio retries per call that are earned: 0.1 is one for ten calls
 * @param reserve how many may be saved up; a quiet client begins with all of them
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
