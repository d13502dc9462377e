import { createHash } from 'node:crypto'

/** The authenticated principal of a request. */
export interface Caller {
  /** Stable across requests and replicas; used in logs, rate limits and cache keys. Not a credential. */
  readonly id: string
  /** Granted scopes; `all` while authentication is off. */
  readonly scopes: ReadonlySet<string> | 'all'
}

/** Every caller while authentication is off. */
export const anonymous: Caller = { id: 'anonymous', scopes: 'all' }

export const isAllowed = ({ scopes }: Caller, scope: string): boolean => scopes === 'all' || scopes.has(scope)

/**
 * A caller's id: a hash of the identity that the credential's issuer assigned.
 * @param kind keeps ids of different credential kinds from colliding
 */
export function callerId(kind: 'key' | 'oauth', ...identity: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([kind, ...identity]))
  return `${kind}:${hash.digest('base64url').slice(0, 16)}`
}
