import { createLineBudget } from './log/line-budget.ts'
import type { Logger } from './log/logger.ts'
import type { Metrics } from './metrics/metrics.ts'

/** Why an HTTP request was rejected before it became an MCP message. */
export const rejectionReasons = [
  'malformed_http',
  'headers_too_large',
  'request_timeout',
  'host',
  'origin',
  'unauthenticated',
  'authentication_unavailable',
  'insufficient_scope',
  'rate_limited',
  'overloaded',
  'payload_too_large',
  'unsupported_media_type',
  'not_acceptable',
  'malformed_json',
  'invalid_request',
  'header_mismatch',
  'unsupported_version',
  'method_not_allowed',
  'no_stream',
  'no_session',
  'aborted',
  'shutting_down',
  'internal',
] as const
export type RejectionReason = (typeof rejectionReasons)[number]

export interface Rejection {
  readonly reason: RejectionReason
  readonly httpStatus?: number
  readonly requestId?: string | undefined
  /** The caller's id, once authenticated. */
  readonly caller?: string | undefined
  /** For the log only. */
  readonly message?: string
  readonly error?: unknown
}

/** Counts a rejected request, and logs it unless there are too many. */
export type Reject = (rejection: Rejection) => void

const maxLoggedLength = 200
/** For each level, so that a flood of client errors cannot hide a server error. */
const maxLinesPerSecond = 20

export function createReject({ metrics, logger }: { metrics: Metrics; logger: Logger }): Reject {
  for (const reason of rejectionReasons) metrics.initSeries('mcp_requests_rejected_total', { reason })
  const budgets = { error: budgetOf('error'), info: budgetOf('info') }

  function budgetOf(level: 'error' | 'info'): () => boolean {
    return createLineBudget({
      perSecond: maxLinesPerSecond,
      onSuppressed: (suppressed) =>
        logger.log(level, 'further rejected requests were not logged', { function: 'reject', suppressed }),
    })
  }

  return ({ reason, httpStatus, requestId, caller, message, error }) => {
    metrics.count('mcp_requests_rejected_total', { reason })
    const level = reason === 'internal' || reason === 'authentication_unavailable' ? 'error' : 'info'
    if (!budgets[level]()) return
    logger.log(level, 'http request rejected', {
      function: 'reject',
      reason,
      'http.response.status_code': httpStatus,
      request_id: requestId,
      caller,
      'error.message': message?.slice(0, maxLoggedLength),
      error,
    })
  }
}
