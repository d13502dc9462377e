import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { type Authenticator, InvalidCredential } from '../authenticator.ts'
import { callerId } from '../caller.ts'

export interface OAuthOptions {
  readonly issuer: string
  /** By what the authorization server calls this server in the tokens that are meant for it. */
  readonly audience: string
  readonly keys: JWTVerifyGetKey
}

/**
 * Signatures by a private key only. With `none` anybody could make tokens, and with the HMAC family (HS256)
 * the public key would do as the secret.
 */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

/** By how much the clocks of the authorization server and ours may differ. */
const clockToleranceSeconds = 10

/** Knows callers by the JWT access tokens (RFC 9068) of one authorization server. */
export function createOAuthAuthenticator({ issuer, audience, keys }: OAuthOptions): Authenticator {
  return {
    async authenticate(token) {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
      }).catch((error: unknown) => {
        throw isTokensFault(error) ? new InvalidCredential(explain(error)) : error
      })
      if (typeof payload.sub !== 'string' || payload.sub === '')
        throw new InvalidCredential("The token's claim sub must be a text.")
      // Bound to a key of its client (RFC 9449, RFC 8705): whoever has stolen it could show it as a bearer.
      if (payload.cnf !== undefined)
        throw new InvalidCredential('The token is bound to a key; this server takes bearer tokens only.')
      return { id: callerId('oauth', issuer, payload.sub), scopes: scopesOf(payload) }
    },
  }
}

/** What jose throws about a token; what it throws about keys that could not be had is not among it. */
const isTokensFault = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSInvalid) &&
  !(error instanceof errors.JWKInvalid)

/** What its sender can do something about; of anything else only that it is wrong. */
function explain(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's claim ${error.claim} is missing, or not what this server expects.`
  return 'The token is malformed, not signed by a key of the authorization server, or signed in a way that is not accepted.'
}

/** `scope` is a text (RFC 9068, section 2.2.3); some authorization servers write `scp`, as a text or a list. */
function scopesOf({ scope, scp }: JWTPayload): ReadonlySet<string> {
  const texts = [scope, scp].flat().filter((value) => typeof value === 'string')
  return new Set(texts.flatMap((text) => text.split(' ')).filter((name) => name !== ''))
}
