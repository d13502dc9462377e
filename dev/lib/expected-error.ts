/** An error that the user can fix: commands print its message without a stack trace. */
export class ExpectedError extends Error {
  override name = 'ExpectedError'
}

export function describeError(error: unknown): string {
  if (error instanceof ExpectedError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
