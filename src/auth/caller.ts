import { hash } from 'node:crypto'

/** The authenticated principal of a request. */
export interface Caller {
  /** Stable across requests and replicas; used in logs, rate limits and cache keys. Not a credential. */
  readonly id: string
  /** Granted scopes; `all` while authentication is off. */
  readonly scopes: ReadonlySet<string> | 'all'
}

/** Every caller while authentication is off. */
export const anonymous: Caller = { id: 'anonymous', scopes: 'all' }

/** Scopes that a caller must all have. Never empty, so that an omission cannot open an operation to all callers. */
export type RequiredScopes = readonly [string, ...string[]]

/** Whether the caller has every required scope. */
export const isAllowed = ({ scopes }: Caller, required: readonly string[]): boolean =>
  scopes === 'all' || required.every((scope) => scopes.has(scope))

/** For messages to callers. */
export const lacksScopes = (missing: readonly string[]): string =>
  `needs the scope${missing.length > 1 ? 's' : ''} ${missing.map((scope) => `"${scope}"`).join(' and ')}, which your credentials do not have.`

/** Key of a caller for limits and shares: anonymous callers are distinguished by their address. */
export const ownerOf = (caller: Caller, address: string): string =>
  caller.id === anonymous.id ? `${caller.id}@${address}` : caller.id

/**
 * A caller's id: a hash of the identity that the credential's issuer assigned.
 * @param kind keeps ids of different credential kinds from colliding
 */
export function callerId(kind: 'key' | 'oauth', ...identity: readonly string[]): string {
  return `${kind}:${hash('sha256', JSON.stringify([kind, ...identity]), 'base64url').slice(0, 16)}`
}
