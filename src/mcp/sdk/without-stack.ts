/**
 * Fast path. Closing a server makes the SDK build an error for requests to its client that still wait; with everything
 * answered nobody reads it, and its stack trace is a large part of a call's cost (docs/performance.md).
 * Delete when the SDK closes a server without an error.
 */
export function withoutStack(work: () => void): void {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
