import type { AuthInfo } from '@modelcontextprotocol/server'
import type { Caller } from '../auth/caller.ts'

/** Packs the caller for the SDK, without credentials. */
export function toAuthInfo(caller: Caller): AuthInfo {
  const scopes = caller.scopes === 'all' ? [] : [...caller.scopes]
  return { token: '', clientId: caller.id, scopes, extra: { caller } }
}

/** Unpacks the caller of {@link toAuthInfo}. */
export function callerOf(authInfo: AuthInfo | undefined): Caller {
  return (authInfo?.extra?.caller as Caller | undefined) ?? withoutScopes
}

/** Fails closed for a request that bypassed authentication. */
const withoutScopes: Caller = { id: 'unknown', scopes: new Set() }
