import type { Request, Response } from 'express'
import type { Caller } from '../auth/caller.ts'
import type { Reject, RejectionReason } from '../telemetry/rejections.ts'
import { escapeHtml, renderPage } from './pages/layout.ts'

export interface Refusal {
  readonly reason: RejectionReason
  readonly httpStatus: number
  readonly message: string
  readonly headers: Readonly<Record<string, string>>
}

/** Turns a request away before anything of it was read: a page for browsers, a JSON-RPC error for everybody else. */
export function refuse(
  req: Pick<Request, 'get' | 'accepts'>,
  res: Response,
  { reason, httpStatus, message, headers }: Refusal,
  reject: Reject,
): void {
  const { caller } = res.locals as { caller?: Caller }
  reject({ reason, httpStatus, requestId: req.get('x-request-id'), caller: caller?.id, message })
  res.status(httpStatus).set(headers)
  if (req.accepts(['json', 'html']) === 'html') {
    renderPage(res, { title: `${httpStatus}`, body: `<h1>${httpStatus}</h1><p>${escapeHtml(message)}</p>` })
  } else {
    res.json({ jsonrpc: '2.0', error: { code: -32000, message }, id: null })
  }
}
