import type { AuthInfo } from '@modelcontextprotocol/server'
import type { Caller } from '../auth/caller.ts'
import type { ArrivedMessage } from '../telemetry/observer.ts'

/** The origin of an HTTP request. */
export interface Sender extends Pick<ArrivedMessage, 'client' | 'httpVersion'> {
  readonly caller: Caller
  /** Key of the caller for limits and shares. */
  readonly owner: string
}

/** Packs the sender for the SDK, without credentials. */
export function toAuthInfo(sender: Sender): AuthInfo {
  const { id, scopes } = sender.caller
  return { token: '', clientId: id, scopes: scopes === 'all' ? [] : [...scopes], extra: { sender } }
}

/** Unpacks the caller of {@link toAuthInfo}. */
export function callerOf(authInfo: AuthInfo | undefined): Caller {
  return senderIn(authInfo)?.caller ?? withoutScopes
}

export const senderIn = (authInfo: AuthInfo | undefined): Sender | undefined =>
  authInfo?.extra?.sender as Sender | undefined

/** Fails closed for a request that bypassed authentication. */
const withoutScopes: Caller = { id: 'unknown', scopes: new Set() }
