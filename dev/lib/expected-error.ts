/** A problem the user can solve: its message is the whole story and is shown without a stack. */
export class ExpectedError extends Error {
  override name = 'ExpectedError'
}

/** How a command of this folder reports why it gave up. */
export function describeError(error: unknown): string {
  if (error instanceof ExpectedError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
