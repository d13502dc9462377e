import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request, Response } from 'express'
import type { Caller } from '../auth/caller.ts'
import type { Reject, RejectionReason } from '../telemetry/rejections.ts'
import { escapeHtml, renderPage } from './pages/layout.ts'

/** Why a request is rejected, and what its sender is told. */
export interface Refusal {
  readonly reason: RejectionReason
  readonly httpStatus: number
  /** Names what to change, or when to come back. */
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
  /** Code of the JSON-RPC error; -32000, an error of the server, unless the specification has another. */
  readonly rpcCode?: number
  /** For the log only. */
  readonly error?: unknown
}

export interface RefusedRequest {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly caller?: Caller | undefined
  /** `id` of the JSON-RPC message, where it has been read. */
  readonly id?: string | number | undefined
}

/**
 * The one way to reject a request: counted and logged once, answered as a page for browsers and as a JSON-RPC error
 * for everybody else. A response that has begun is cut off, because nothing can be added to it.
 */
export function refuse({ req, res, caller, id }: RefusedRequest, refusal: Refusal, reject: Reject): void {
  const { reason, httpStatus, message, headers = {}, rpcCode = -32000, error } = refusal
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
  res.end(JSON.stringify({ jsonrpc: '2.0', error: { code: rpcCode, message }, id: id ?? null }))
}

/** Express adds `accepts` to its requests. */
const prefersHtml = (req: IncomingMessage): boolean =>
  (req as Partial<Pick<Request, 'accepts'>>).accepts?.(['json', 'html']) === 'html'
