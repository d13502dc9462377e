import type { AuthInfo } from '@modelcontextprotocol/server'
import type { Caller } from '../auth/caller.ts'

/** The caller in the form that the SDK passes on; without the credentials. */
export function toAuthInfo(caller: Caller): AuthInfo {
  const scopes = caller.scopes === 'all' ? [] : [...caller.scopes]
  return { token: '', clientId: caller.id, scopes, extra: { caller } }
}

/** The caller that {@link toAuthInfo} packed. */
export function callerOf(authInfo: AuthInfo | undefined): Caller {
  return (authInfo?.extra?.caller as Caller | undefined) ?? nobody
}

/** May do nothing: what a request gets that came past authentication. */
const nobody: Caller = { id: 'unknown', scopes: new Set() }
