/** One header must not disable the API for a day. */
const maxCoolDownMs = 60_000
const defaultCoolDownMs = 1_000

/** Holds back requests for the cool-down that a server requested with `Retry-After`. */
export interface RetryAfterGate {
  /** @param retryAfter the header's value; a cool-down of 1 s if it is missing or invalid, at most 60 s */
  close(retryAfter: string | null): void
  /** 0 while the gate is open. */
  remainingMs(): number
}

export function createRetryAfterGate(): RetryAfterGate {
  let opensAtMs = 0
  return {
    close(retryAfter) {
      opensAtMs = Math.max(opensAtMs, performance.now() + Math.min(coolDownMsOf(retryAfter), maxCoolDownMs))
    },
    remainingMs: () => Math.max(0, opensAtMs - performance.now()),
  }
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3). */
function coolDownMsOf(retryAfter: string | null): number {
  if (retryAfter === null) return defaultCoolDownMs
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now()
  return Number.isNaN(ms) ? defaultCoolDownMs : Math.max(0, ms)
}
