import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import type { Caller } from '../../auth/caller.ts'
import { toAppError } from '../../errors.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { Services } from '../../services.ts'
import type { Observer } from '../../telemetry/observer.ts'
import { requireScope } from '../caller.ts'

/** What the handlers of a request's server instance share. */
export interface HandlerDependencies {
  readonly services: Services
  readonly caller: Caller
  readonly observer: Observer
}

export interface HandlerOptions extends Pick<HandlerDependencies, 'caller' | 'observer'> {
  /** Of the message; the SDK gives completions none. */
  readonly signal?: AbortSignal
  /** The scope the caller needs; a list needs none, it shows only what the caller may use. */
  readonly scope?: string
  readonly what: string
}

/** How long a method other than tools/call may take; tools set their own time. */
const handlerTimeoutMs = 5_000

/**
 * What tools get from their pipeline, for the other methods: authorized, timed, and what is thrown written
 * into the message's record and turned into a protocol error that is safe to show.
 * @throws ProtocolError
 */
export async function handled<T>(
  { observer, signal, caller, scope, what }: HandlerOptions,
  handle: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const record = observer.current()
  try {
    if (record) record.caller = caller.id
    if (scope !== undefined) requireScope(caller, scope, what)
    return await withDeadline({ timeoutMs: handlerTimeoutMs, signal, what }, handle)
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown
    const error = toAppError(thrown)
    if (record) {
      record.errorCode = error.code
      record.error = error
    }
    const callersFault = error.code === 'invalid_arguments' || error.code === 'not_found'
    const code = callersFault ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
    throw new ProtocolError(code, `${error.code}: ${error.message}`)
  }
}
