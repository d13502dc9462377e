import {
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose'
import { type Authenticator, InvalidCredential } from '../authenticator.ts'
import { callerId } from '../caller.ts'
import { isAccessTokenType } from './token-type.ts'

export interface OAuthOptions {
  readonly issuer: string
  /** Expected `aud` claim. */
  readonly audience: string
  readonly keys: JWTVerifyGetKey
  /** Requires the type `at+jwt`. */
  readonly requireAtJwt: boolean
}

/**
 * Asymmetric signatures only: `none` needs no key, and HS256 would accept the public key as the secret
 * (RFC 8725, section 2.1).
 */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

/** Allowed clock skew between the authorization server and this server. */
const clockToleranceSeconds = 10

/** Authenticates callers by the JWT access tokens (RFC 9068) of one authorization server. */
export function createOAuthAuthenticator({
  issuer,
  audience,
  keys,
  requireAtJwt,
}: OAuthOptions): Authenticator {
  return {
    async authenticate(token) {
      const { payload, protectedHeader } = await verify(token, keys, {
        issuer,
        audience,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
      }).catch((error: unknown) => {
        throw isTokenError(error) ? new InvalidCredential(describeTokenError(error)) : error
      })
      if (!isAccessTokenType(protectedHeader.typ, requireAtJwt))
        throw new InvalidCredential(
          `The token header typ must be at+jwt${requireAtJwt ? '' : ' or JWT'}: request an access token.`,
        )
      if (typeof payload.sub !== 'string' || payload.sub === '')
        throw new InvalidCredential('The token claim sub must be a non-empty string.')
      // Accepting a sender-constrained token (RFC 9449, RFC 8705) as a bearer token would let a thief use it.
      if (payload.cnf !== undefined)
        throw new InvalidCredential(
          'The token is sender-constrained (claim cnf): request a plain bearer token.',
        )
      return { id: callerId('oauth', issuer, payload.sub), scopes: scopesOf(payload) }
    },
  }
}

/** Tries each key that fits: a token without a key id fits several while an authorization server rotates its keys. */
async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, keys, options)
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options)
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

/** Distinguishes jose's token errors from its errors about the authorization server's keys. */
const isTokenError = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSInvalid) &&
  !(error instanceof errors.JWKInvalid)

function describeTokenError(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token claim ${error.claim} is missing or has an unexpected value.`
  return 'The token is malformed, has an invalid signature or uses an unsupported algorithm.'
}

/** `scope` is a string (RFC 9068, section 2.2.3); some authorization servers send `scp`, a string or a list. */
function scopesOf({ scope, scp }: JWTPayload): ReadonlySet<string> {
  const values = [scope, scp].flat().filter((value) => typeof value === 'string')
  return new Set(values.flatMap((value) => value.split(' ')).filter((name) => name !== ''))
}
