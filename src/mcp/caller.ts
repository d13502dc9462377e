import type { AuthInfo } from '@modelcontextprotocol/server'
import { type Caller, isAllowed } from '../auth/caller.ts'
import { AppError } from '../errors.ts'

/**
 * @param what is to be used, for the message
 * @throws AppError `forbidden`
 */
export function requireScope(caller: Caller, scope: string, what: string): void {
  if (!isAllowed(caller, scope)) {
    throw new AppError('forbidden', `${what} needs the scope "${scope}", which your credentials do not have.`)
  }
}

/** Gives the caller the form in which the SDK takes him along; the credentials themselves stay behind. */
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
