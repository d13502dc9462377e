import { AppError } from '../errors.ts'

/** On whose behalf something is done. */
export interface Caller {
  readonly id: string
  /** What the caller may do; `all` while authentication is off. */
  readonly scopes: ReadonlySet<string> | 'all'
}

/** Everybody, while authentication is off. */
export const anonymous: Caller = { id: 'anonymous', scopes: 'all' }

export const isAllowed = ({ scopes }: Caller, scope: string): boolean => scopes === 'all' || scopes.has(scope)

/**
 * @param what is to be used, for the message
 * @throws AppError `forbidden`
 */
export function requireScope(caller: Caller, scope: string, what: string): void {
  if (!isAllowed(caller, scope)) {
    throw new AppError('forbidden', `${what} needs the scope "${scope}", which your credentials do not have.`)
  }
}
