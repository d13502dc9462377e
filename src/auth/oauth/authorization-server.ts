import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { readBounded } from '../../lib/bounded-body.ts'
import { isTrustworthyUrl } from './trustworthy-url.ts'

/** For all that has to be read until the keys are there. */
const timeoutMs = 3_000
const maxDocumentBytes = 1_000_000

export interface AuthorizationServerOptions {
  readonly issuer: string
  /** Where its signing keys are; found out from its metadata if left out. */
  readonly jwksUrl?: string | undefined
}

/**
 * Reads the public keys that an authorization server signs with at this moment.
 * @throws Error if that does not succeed within a few seconds
 */
export async function fetchSigningKeys({
  issuer,
  jwksUrl,
}: AuthorizationServerOptions): Promise<JWTVerifyGetKey> {
  const signal = AbortSignal.timeout(timeoutMs)
  const keys = await fetchJson(jwksUrl ?? (await discoverJwksUrl(issuer, signal)), signal)
  return createLocalJWKSet(keys as unknown as JSONWebKeySet)
}

/** @throws Error if no metadata are found, or those of somebody else */
async function discoverJwksUrl(issuer: string, signal: AbortSignal): Promise<string> {
  const errors: unknown[] = []
  for (const url of metadataUrls(issuer)) {
    try {
      const { issuer: found, jwks_uri: jwksUrl } = await fetchJson(url, signal)
      // Without this check whoever serves one path of the host could speak for another (RFC 8414, section 3.3).
      if (found !== issuer) throw new Error(`the metadata at ${url} are not those of OAUTH_ISSUER`)
      if (typeof jwksUrl !== 'string' || !isTrustworthyUrl(jwksUrl))
        throw new Error(`the metadata at ${url} name no jwks_uri with https`)
      return jwksUrl
    } catch (error) {
      errors.push(error)
    }
  }
  throw new AggregateError(errors, 'the metadata of the authorization server could not be read')
}

/** RFC 8414, section 3.1, and the two places of OpenID Connect; in the order that the MCP specification gives. */
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
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal,
    redirect: 'error',
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`${url} answered ${response.status}`)
  }
  const value: unknown = JSON.parse(await readBounded(response, maxDocumentBytes))
  if (typeof value !== 'object' || value === null) throw new Error(`${url} did not answer with an object`)
  return value as Record<string, unknown>
}
