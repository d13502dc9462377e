import type { Request, RequestHandler, Response } from 'express'
import { type Authenticator, InvalidCredential } from '../../auth/authenticator.ts'
import { anonymous, type Caller, isAllowed } from '../../auth/caller.ts'
import type { Challenge, ChallengeParameters } from '../../auth/challenge.ts'
import type { Logger } from '../../telemetry/log/logger.ts'
import type { Reject } from '../../telemetry/rejections.ts'
import { type Refusal, refuse } from '../reject.ts'

/** What authentication leaves behind for the handlers after it. */
export interface Authenticated {
  caller: Caller
}

export type Authentication = RequestHandler<Record<string, string>, unknown, unknown, unknown, Authenticated>

export interface AuthenticationOptions {
  readonly authenticator: Authenticator
  readonly challenge: Challenge
  /** What a credential needs for a beginning; more is asked for where it is needed. */
  readonly scopes: readonly string[]
  readonly reject: Reject
  readonly logger: Logger
  /** How often the credential of a request that is still open is looked at again. */
  readonly recheckMs?: number
}

const retryAfterSeconds = 5

/** Lets everybody through, for `AUTH_MODE=none`. */
export const withoutAuthentication: Authentication = (_req, res, next) => {
  res.locals.caller = anonymous
  next()
}

/**
 * Lets through who shows a good credential in `Authorization: Bearer …`, and says to the others how to get
 * one. What lasts, such as a stream of events, ends when its credential is no longer good.
 */
export function createAuthentication({
  authenticator,
  challenge,
  scopes,
  reject,
  logger,
  recheckMs = 10_000,
}: AuthenticationOptions): Authentication {
  const unauthenticated = (message: string, parameters: ChallengeParameters, httpStatus = 401): Refusal => ({
    reason: 'unauthenticated',
    httpStatus,
    message,
    headers: { 'www-authenticate': challenge(parameters) },
  })

  function refusalOf(error: unknown): Refusal {
    if (error instanceof InvalidCredential) {
      const description = error.message
      return unauthenticated(description, { error: 'invalid_token', description, scopes })
    }
    logger.error('a credential could not be checked', { function: 'authenticate', error })
    return {
      reason: 'authentication_unavailable',
      httpStatus: 503,
      message: 'Credentials cannot be checked right now; try again in a moment.',
      headers: { 'retry-after': String(retryAfterSeconds) },
    }
  }

  function endWithCredential(credential: string, res: Response): void {
    const timer = setInterval(() => {
      authenticator.authenticate(credential).catch((error: unknown) => {
        if (error instanceof InvalidCredential) res.destroy()
      })
    }, recheckMs).unref()
    res.once('close', () => clearInterval(timer))
  }

  return async (req, res, next) => {
    if (hasCredentialInUrl(req)) {
      const description = 'A credential must be in the Authorization header, never in the address.'
      const parameters = { error: 'invalid_request', description, scopes } as const
      refuse({ req, res, caller: res.locals.caller }, unauthenticated(description, parameters, 400), reject)
      return
    }
    const { authorization } = req.headers
    if (authorization === undefined) {
      const message = 'This server wants to know its callers: send "Authorization: Bearer CREDENTIAL".'
      refuse({ req, res, caller: res.locals.caller }, unauthenticated(message, { scopes }), reject)
      return
    }
    const credential = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1]
    // From here on nobody needs it any more, so nobody can write it down by mistake.
    delete req.headers.authorization
    try {
      if (credential === undefined)
        throw new InvalidCredential('The Authorization header must be "Bearer CREDENTIAL".')
      res.locals.caller = await authenticator.authenticate(credential)
      endWithCredential(credential, res)
    } catch (error) {
      refuse({ req, res, caller: res.locals.caller }, refusalOf(error), reject)
      return
    }
    next()
  }
}

/** Lets through who has the scope. For addresses outside of the MCP protocol, which has checks of its own. */
export function createAuthorization({
  challenge,
  reject,
}: Pick<AuthenticationOptions, 'challenge' | 'reject'>): (scope: string) => Authentication {
  return (scope) => (req, res, next) => {
    if (isAllowed(res.locals.caller, scope)) {
      next()
      return
    }
    const message = `This needs the scope "${scope}", which your credentials do not have.`
    const parameters = { error: 'insufficient_scope', description: message, scopes: [scope] } as const
    const headers = { 'www-authenticate': challenge(parameters) }
    refuse(
      { req, res, caller: res.locals.caller },
      { reason: 'insufficient_scope', httpStatus: 403, message, headers },
      reject,
    )
  }
}

/** Addresses end up in logs and histories; the names are those under which clients send credentials there. */
function hasCredentialInUrl({ originalUrl }: Pick<Request, 'originalUrl'>): boolean {
  const [, ...query] = originalUrl.split('?')
  return [...new URLSearchParams(query.join('?')).keys()].some((name) =>
    /^(access_?token|token|bearer|authorization|(x-)?api[-_]?key|key)$/i.test(name),
  )
}
