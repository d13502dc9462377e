/** A server must not be able to switch itself off for a day by one header. */
const longestMs = 60_000
const defaultMs = 1_000

/** The pause that a server asks for with a 429 or 503: nobody asks it again before it is over. */
export interface RetryAfterGate {
  begin(retryAfter: string | null): void
  /** 0 if there is none. */
  remainingMs(): number
}

export function createRetryAfterGate(): RetryAfterGate {
  let overAtMs = 0
  return {
    begin(retryAfter) {
      overAtMs = Math.max(overAtMs, performance.now() + Math.min(pauseMsOf(retryAfter), longestMs))
    },
    remainingMs: () => Math.max(0, overAtMs - performance.now()),
  }
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3). */
function pauseMsOf(retryAfter: string | null): number {
  if (retryAfter === null) return defaultMs
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now()
  return Number.isNaN(ms) ? defaultMs : Math.max(0, ms)
}
