import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { readBounded } from '../../lib/bounded-body.ts'
import { isTrustworthyUrl } from './trustworthy-url.ts'

/** For discovery and the key set together. */
const timeoutMs = 3_000
const maxDocumentBytes = 1_000_000

export interface AuthorizationServerOptions {
  readonly issuer: string
  /** URL of its JWK set; discovered from its metadata if omitted. */
  readonly jwksUrl?: string | undefined
}

/**
 * Fetches the current public signing keys of an authorization server.
 * @throws Error if that fails or takes more than 3 s
 */
export async function fetchSigningKeys({
  issuer,
  jwksUrl,
}: AuthorizationServerOptions): Promise<JWTVerifyGetKey> {
  const signal = AbortSignal.timeout(timeoutMs)
  const keys = await fetchJson(jwksUrl ?? (await discoverJwksUrl(issuer, signal)), signal)
  return createLocalJWKSet(keys as unknown as JSONWebKeySet)
}

/** @throws Error if no metadata document with this issuer is found */
async function discoverJwksUrl(issuer: string, signal: AbortSignal): Promise<string> {
  const errors: unknown[] = []
  for (const url of metadataUrls(issuer)) {
    try {
      const { issuer: found, jwks_uri: jwksUrl } = await fetchJson(url, signal)
      // Prevents the server of one path from impersonating another on the same host (RFC 8414, section 3.3).
      if (found !== issuer) throw new Error(`the issuer in the metadata at ${url} is not OAUTH_ISSUER`)
      if (typeof jwksUrl !== 'string' || !isTrustworthyUrl(jwksUrl))
        throw new Error(`the metadata at ${url} has no https jwks_uri`)
      return jwksUrl
    } catch (error) {
      errors.push(error)
    }
  }
  throw new AggregateError(errors, 'found no usable metadata: check OAUTH_ISSUER, or set OAUTH_JWKS_URL')
}

/** RFC 8414, section 3.1, and the two locations of OpenID Connect Discovery, in the order of the MCP specification. */
export function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    ...new Set([
      `${origin}/.well-known/oauth-authorization-server${path}`,
      `${origin}/.well-known/openid-configuration${path}`,
      `${origin}${path}/.well-known/openid-configuration`,
    ]),
  ]
}

async function fetchJson(url: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const response = await fetch(url, { headers: { accept: 'application/json' }, signal, redirect: 'error' })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`${url} returned HTTP ${response.status}`)
  }
  const value: unknown = JSON.parse(await readBounded(response, maxDocumentBytes))
  if (typeof value !== 'object' || value === null) throw new Error(`${url} did not return a JSON object`)
  return value as Record<string, unknown>
}
