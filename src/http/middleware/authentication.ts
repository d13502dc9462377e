import type { Request, RequestHandler, Response } from 'express'
import { type Authenticator, InvalidCredential } from '../../auth/authenticator.ts'
import { anonymous, type Caller, isAllowed, lacksScopes } from '../../auth/caller.ts'
import type { Challenge, ChallengeParameters } from '../../auth/challenge.ts'
import type { Logger } from '../../telemetry/log/logger.ts'
import type { Reject } from '../../telemetry/rejections.ts'
import { type HttpRejection, rejectRequest } from '../reject.ts'

/** `res.locals` after authentication. */
export interface Authenticated {
  caller: Caller
  /** Rechecks the credential while the response is open, and ends it once the credential is invalid. For streams. */
  recheckCredential?: () => void
  /** Set on the response of a stream, which the HTTP metric leaves out. */
  isStream?: boolean
}

export type Authentication = RequestHandler<Record<string, string>, unknown, unknown, unknown, Authenticated>

export interface AuthenticationOptions {
  readonly authenticator: Authenticator
  readonly challenge: Challenge
  /** Initial scopes, named in challenges; further scopes follow by step-up. */
  readonly scopes: readonly string[]
  readonly reject: Reject
  readonly logger: Logger
  /** Interval for re-checking the credential of an open stream. */
  readonly recheckMs?: number
}

const retryAfterSeconds = 5

/** Accepts every request as anonymous, for `AUTH_MODE=none`. */
export const withoutAuthentication: Authentication = (_req, res, next) => {
  res.locals.caller = anonymous
  next()
}

/**
 * Requires a valid `Authorization: Bearer …` and rejects other requests with a challenge.
 */
export function createAuthentication({
  authenticator,
  challenge,
  scopes,
  reject,
  logger,
  recheckMs = 10_000,
}: AuthenticationOptions): Authentication {
  const unauthenticated = (
    message: string,
    parameters: ChallengeParameters,
    httpStatus = 401,
  ): HttpRejection => ({
    reason: 'unauthenticated',
    httpStatus,
    message,
    headers: { 'www-authenticate': challenge(parameters) },
  })

  function toRejection(error: unknown): HttpRejection {
    if (error instanceof InvalidCredential) {
      const description = error.message
      return unauthenticated(description, { error: 'invalid_token', description, scopes })
    }
    return {
      reason: 'authentication_unavailable',
      httpStatus: 503,
      message: `Credentials cannot be checked right now. Retry after ${retryAfterSeconds} s.`,
      headers: { 'retry-after': String(retryAfterSeconds) },
      error,
    }
  }

  /** One log line for an outage, however many streams are open. */
  let recheckFails = false

  async function recheck(credential: string, res: Response): Promise<void> {
    try {
      await authenticator.authenticate(credential)
      recheckFails = false
    } catch (error) {
      if (error instanceof InvalidCredential) res.destroy()
      else if (!recheckFails) {
        recheckFails = true
        logger.error('credential recheck failed; streams stay open', { function: 'recheck', error })
      }
    }
  }

  function recheckCredential(credential: string, res: Response): void {
    const timer = setInterval(() => void recheck(credential, res), recheckMs).unref()
    res.once('close', () => clearInterval(timer))
  }

  return async (req, res, next) => {
    if (hasCredentialInUrl(req)) {
      const description = 'Send credentials in the Authorization header, not in the URL.'
      const parameters = { error: 'invalid_request', description, scopes } as const
      rejectRequest({ req, res }, unauthenticated(description, parameters, 400), reject)
      return
    }
    const { authorization } = req.headers
    // An unsupported scheme counts as no credential (RFC 6750, section 3.1).
    if (!authorization?.match(/^Bearer( |$)/i)) {
      const message = 'Authentication required: send `Authorization: Bearer <token>`.'
      rejectRequest({ req, res }, unauthenticated(message, { scopes }), reject)
      return
    }
    const credential = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1]
    // Removed, because no later handler needs it and one could log it.
    delete req.headers.authorization
    try {
      if (credential === undefined)
        throw new InvalidCredential('The Authorization header must be `Bearer <token>`.')
      res.locals.caller = await authenticator.authenticate(credential)
      res.locals.recheckCredential = () => recheckCredential(credential, res)
    } catch (error) {
      rejectRequest({ req, res }, toRejection(error), reject)
      return
    }
    next()
  }
}

/** Requires a scope on routes outside MCP, which has its own checks. */
export function createAuthorization({
  challenge,
  reject,
}: Pick<AuthenticationOptions, 'challenge' | 'reject'>): (scope: string) => Authentication {
  return (scope) => (req, res, next) => {
    if (isAllowed(res.locals.caller, [scope])) {
      next()
      return
    }
    const message = `This ${lacksScopes([scope])}`
    const parameters = { error: 'insufficient_scope', description: message, scopes: [scope] } as const
    const headers = { 'www-authenticate': challenge(parameters) }
    rejectRequest(
      { req, res, caller: res.locals.caller },
      { reason: 'insufficient_scope', httpStatus: 403, message, headers },
      reject,
    )
  }
}

/** URLs end up in logs and histories (RFC 6750, section 5.3). */
function hasCredentialInUrl({ originalUrl }: Pick<Request, 'originalUrl'>): boolean {
  const [, ...query] = originalUrl.split('?')
  return [...new URLSearchParams(query.join('?')).keys()].some((name) =>
    /^(access_?token|token|bearer|authorization|(x-)?api[-_]?key|key)$/i.test(name),
  )
}
