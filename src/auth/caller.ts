import { createHash } from 'node:crypto'

/** On whose behalf something is done. */
export interface Caller {
  /** For logs, limits and caches: the same at every request and replica, and of no use as a credential. */
  readonly id: string
  /** What the caller may do; `all` while authentication is off. */
  readonly scopes: ReadonlySet<string> | 'all'
}

/** Everybody, while authentication is off. */
export const anonymous: Caller = { id: 'anonymous', scopes: 'all' }

export const isAllowed = ({ scopes }: Caller, scope: string): boolean => scopes === 'all' || scopes.has(scope)

/**
 * A caller's id: a hash over what the issuer of the credential knows him by.
 * @param kind of credential, so that callers of two kinds can't be taken for each other
 */
export function callerId(kind: 'key' | 'oauth', ...identity: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([kind, ...identity]))
  return `${kind}:${hash.digest('base64url').slice(0, 16)}`
}
