import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request, Response } from 'express'
import type { Caller } from '../auth/caller.ts'
import type { Reject, RejectionReason } from '../telemetry/rejections.ts'
import { escapeHtml, renderPage } from './pages/layout.ts'

/** The reason and the response of a rejected request. */
export interface HttpRejection {
  readonly reason: RejectionReason
  readonly httpStatus: number
  /** For the caller: what is wrong, and what to change or when to retry. */
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON-RPC error code; -32000 (server error) unless the specification defines another. */
  readonly rpcCode?: number
  /** JSON-RPC result instead of an error. */
  readonly result?: object
  /** For the log only. */
  readonly error?: unknown
}

export interface RejectedRequest {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly caller?: Caller | undefined
  /** `id` of the JSON-RPC message, if already parsed. */
  readonly id?: string | number | undefined
}

/**
 * Rejects a request: counts and logs it once, responds with an HTML page to browsers and a JSON-RPC error to other
 * clients; if the id is unknown, with the error alone. A response whose headers are sent is aborted.
 */
export function rejectRequest(
  { req, res, caller, id }: RejectedRequest,
  rejection: HttpRejection,
  reject: Reject,
): void {
  const { reason, httpStatus, message, headers = {}, rpcCode = -32000, result, error } = rejection
  const requestId = [req.headers['x-request-id']].flat()[0]
  reject({ reason, httpStatus, requestId, caller: caller?.id, message, error })
  if (res.headersSent) {
    res.destroy()
    return
  }
  if (res.destroyed) return
  res.statusCode = httpStatus
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  if (prefersHtml(req)) {
    const body = `<h1>${httpStatus}</h1><p>${escapeHtml(message)}</p>`
    renderPage(res as Response, { title: `${httpStatus}`, body })
    return
  }
  res.setHeader('content-type', 'application/json')
  const outcome = result ? { result } : { error: { code: rpcCode, message } }
  // The Rust SDK drops a JSON-RPC error without an id, and its call waits forever. It recognises challenges by header.
  const isMessage = id !== undefined || 'www-authenticate' in headers
  res.end(JSON.stringify(isMessage ? { jsonrpc: '2.0', ...outcome, id: id ?? null } : outcome))
}

/** Express adds `accepts` to its requests. */
const prefersHtml = (req: IncomingMessage): boolean =>
  (req as Partial<Pick<Request, 'accepts'>>).accepts?.(['json', 'html']) === 'html'
