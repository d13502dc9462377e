import { validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server'
import type { RequestHandler } from 'express'
import type { Reject } from '../../telemetry/rejections.ts'
import { rejectRequest } from '../reject.ts'

export interface GuardOptions {
  /** Without ports. */
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly reject: Reject
}

/**
 * Rejects unknown Host headers (DNS rebinding) and foreign Origin headers with 403, as the MCP specification requires
 * (basic/transports, "Security Warning").
 */
export function createGuards({ allowedHosts, allowedOrigins, reject }: GuardOptions): RequestHandler {
  const hosts = [...allowedHosts]
  const origins = [...allowedOrigins]
  return (req, res, next) => {
    const host = validateHostHeader(req.headers.host, hosts)
    const origin = validateOriginHeader(req.headers.origin, origins)
    if (!host.ok)
      rejectRequest({ req, res }, { reason: 'host', httpStatus: 403, message: host.message }, reject)
    else if (!origin.ok)
      rejectRequest({ req, res }, { reason: 'origin', httpStatus: 403, message: origin.message }, reject)
    else next()
  }
}
