/** The kinds of failure a caller can meet. Each one has a row in {@link errorTable}. */
export type ErrorCode =
  | 'invalid_arguments'
  | 'unknown_tool'
  | 'not_found'
  | 'forbidden'
  | 'cancelled'
  | 'timeout'
  | 'unavailable'
  | 'upstream_error'
  | 'internal'

export interface ErrorKind {
  /** Status of the HTTP response where the error is answered outside the MCP protocol, as on pages. */
  readonly httpStatus: number
  /** Level of the call's log line. */
  readonly logLevel: 'info' | 'warn' | 'error'
  /** Whether the failure is ours to answer for and counts against the availability objective. */
  readonly burnsBudget: boolean
}

/** The one place that says what each kind of failure means to HTTP, to the log and to the error budget. */
export const errorTable: Readonly<Record<ErrorCode, ErrorKind>> = {
  invalid_arguments: { httpStatus: 400, logLevel: 'info', burnsBudget: false },
  unknown_tool: { httpStatus: 404, logLevel: 'info', burnsBudget: false },
  not_found: { httpStatus: 404, logLevel: 'info', burnsBudget: false },
  forbidden: { httpStatus: 403, logLevel: 'warn', burnsBudget: false },
  cancelled: { httpStatus: 499, logLevel: 'info', burnsBudget: false },
  timeout: { httpStatus: 504, logLevel: 'error', burnsBudget: true },
  unavailable: { httpStatus: 503, logLevel: 'error', burnsBudget: true },
  upstream_error: { httpStatus: 502, logLevel: 'error', burnsBudget: true },
  internal: { httpStatus: 500, logLevel: 'error', burnsBudget: true },
}

/**
 * An error whose `message` may be shown to the caller: it names what to change, and holds no secret, no
 * stack and no other system's text. What really happened goes into `cause`, which only the log sees.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Gives any thrown value a code; what was not meant for callers becomes `internal` with a neutral message. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('internal', 'Something went wrong on the server; it has been logged.', {
    cause: thrown,
  })
}
