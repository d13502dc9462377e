import type { IncomingMessage } from 'node:http'
import { type RejectedRequest, rejectRequest } from '../../http/reject.ts'
import type { Reject } from '../../telemetry/rejections.ts'
import { isObject, type Message } from '../message.ts'
import { toolErrorResult } from '../register/tool-result.ts'
import type { AdmissionRejection } from './admission.ts'

const firstModernRevision = '2026'
/** Bodies of this size are cheap to parse, even of a caller that exceeds its limit. */
const smallBodyBytes = 16 * 1024

/** Whether the message is small enough to be parsed for its rejection, which then has its id. */
export const isSmall = ({ headers }: IncomingMessage): boolean =>
  Number(headers['content-length'] ?? Number.POSITIVE_INFINITY) <= smallBodyBytes

/**
 * Rejects a request with its parsed message. Many clients of the 2025 revisions end their session on any HTTP error. If
 * the admission allows it, their `tools/call` gets a failed tool result instead, which tells the model the reason.
 */
export function rejectMessage(
  request: RejectedRequest,
  message: Message | undefined,
  { failsCall, ...rejection }: AdmissionRejection,
  reject: Reject,
): void {
  const { id } = message ?? {}
  if (!failsCall || id === undefined || !isLegacyCall(request.req, message)) {
    rejectRequest({ ...request, id }, rejection, reject)
    return
  }
  const { 'www-authenticate': _challenge, ...headers } = rejection.headers ?? {}
  const result = toolErrorResult(rejection.reason, rejection.message)
  rejectRequest({ ...request, id }, { ...rejection, httpStatus: 200, headers, result }, reject)
}

function isLegacyCall({ headers }: IncomingMessage, message: Message | undefined): boolean {
  if (message?.method !== 'tools/call' || namesModernRevision(headers['mcp-protocol-version'])) return false
  const { _meta: meta } = message.params
  return !isObject(meta) || !namesModernRevision(meta['io.modelcontextprotocol/protocolVersion'])
}

const namesModernRevision = (revision: unknown): boolean =>
  typeof revision === 'string' && revision >= firstModernRevision
