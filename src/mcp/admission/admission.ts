import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../../auth/caller.ts'
import type { Reject, RejectionReason } from '../../telemetry/rejections.ts'
import type { Body } from '../message.ts'

/** A request whose body has been read and that nobody has acted on yet. */
export interface Arrival {
  readonly req: IncomingMessage
  /** Its `close` is the end of the request, however it ends. */
  readonly res: ServerResponse
  readonly body: Body
  readonly caller: Caller
}

/** Why a request is turned away, and what its sender is told. */
export interface Refusal {
  readonly reason: RejectionReason
  readonly httpStatus: number
  /** Names what to change, or when to come back. */
  readonly message: string
  /** Code of the JSON-RPC error; -32000, an error of the server, unless the specification has another. */
  readonly rpcCode?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Decides by what a request wants, as its headers alone do not tell it, whether it is let in. */
export type Admission = (arrival: Arrival) => Refusal | undefined | Promise<Refusal | undefined>

/** Answers a refused request in the form that MCP clients expect, and reports it. */
export function refuse(
  { req, res, body, caller }: Pick<Arrival, 'req' | 'res'> & Partial<Arrival>,
  refusal: Refusal,
  reject: Reject,
): void {
  const { reason, httpStatus, message, rpcCode = -32000, headers } = refusal
  const requestId = [req.headers['x-request-id']].flat()[0]
  reject({ reason, httpStatus, requestId, caller: caller?.id, message })
  if (res.destroyed) return
  res.writeHead(httpStatus, { ...headers, 'content-type': 'application/json' })
  res.end(JSON.stringify({ jsonrpc: '2.0', error: { code: rpcCode, message }, id: body?.single?.id ?? null }))
}
