/** Error codes for callers. Each one has a row in {@link errorTable}. */
export type ErrorCode =
  | 'invalid_arguments'
  | 'unknown_tool'
  | 'not_found'
  | 'conflict'
  | 'forbidden'
  | 'quota_exceeded'
  | 'cancelled'
  | 'timeout'
  | 'unavailable'
  | 'upstream_error'
  | 'internal'

export interface ErrorKind {
  /** HTTP status outside MCP, such as on pages. */
  readonly httpStatus: number
  /** Level of the call's log line. */
  readonly logLevel: 'info' | 'warn' | 'error'
  /** True for server errors, which burn the error budget of the availability objective. */
  readonly burnsBudget: boolean
}

/** What each error code means for HTTP, the log and the error budget. */
export const errorTable: Readonly<Record<ErrorCode, ErrorKind>> = {
  invalid_arguments: { httpStatus: 400, logLevel: 'info', burnsBudget: false },
  unknown_tool: { httpStatus: 404, logLevel: 'info', burnsBudget: false },
  not_found: { httpStatus: 404, logLevel: 'info', burnsBudget: false },
  conflict: { httpStatus: 409, logLevel: 'info', burnsBudget: false },
  forbidden: { httpStatus: 403, logLevel: 'warn', burnsBudget: false },
  quota_exceeded: { httpStatus: 403, logLevel: 'warn', burnsBudget: false },
  cancelled: { httpStatus: 499, logLevel: 'info', burnsBudget: false },
  timeout: { httpStatus: 504, logLevel: 'error', burnsBudget: true },
  unavailable: { httpStatus: 503, logLevel: 'error', burnsBudget: true },
  upstream_error: { httpStatus: 502, logLevel: 'error', burnsBudget: true },
  internal: { httpStatus: 500, logLevel: 'error', burnsBudget: true },
}

/**
 * An error whose `message` is for the caller: what is wrong and what to do, without secrets, stacks and texts of other
 * systems. The original error belongs in `cause`, which is only logged.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Converts any thrown value; unexpected errors become `internal` with a generic message. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('internal', 'Something went wrong on the server; it has been logged.', {
    cause: thrown,
  })
}
