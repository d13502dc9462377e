import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/express'
import type { RequestHandler } from 'express'
import type { Reject, RejectionReason } from '../../telemetry/rejections.ts'

export interface GuardOptions {
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly reject: Reject
}

/**
 * Turns away requests for a host name that is not ours (DNS rebinding) and from pages of origins that are
 * not ours: the specification's MUST for streamable HTTP (basic/transports, "Security Warning").
 */
export function createGuards({ allowedHosts, allowedOrigins, reject }: GuardOptions): RequestHandler[] {
  return [
    reported('host', hostHeaderValidation([...allowedHosts]), reject),
    reported('origin', originValidation([...allowedOrigins]), reject),
  ]
}

/** A guard answers by itself when it refuses, at once; all that can be seen is that it did not go on. */
function reported(reason: RejectionReason, guard: RequestHandler, reject: Reject): RequestHandler {
  return (req, res, next) => {
    let passed = false
    guard(req, res, (error?: unknown) => {
      passed = true
      next(error)
    })
    if (!passed) reject({ reason, httpStatus: res.statusCode, requestId: req.get('x-request-id') })
  }
}
