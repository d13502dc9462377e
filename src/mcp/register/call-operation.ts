import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import type { Caller } from '../../auth/caller.ts'
import type { Services } from '../../domain.ts'
import { toAppError } from '../../errors.ts'
import type { Observer } from '../../telemetry/observer.ts'
import type { OperationCall } from '../pipeline/pipeline.ts'

/** Shared by the handlers of one server instance. */
export interface HandlerDependencies {
  readonly services: Services
  readonly caller: Caller
  readonly observer: Observer
}

/** Timeout of methods other than tools/call; tools set their own. */
export const handlerTimeoutMs = 5_000

/** The SDK passes no signal to completions. */
const neverAborted = new AbortController().signal

/**
 * Runs an operation of a method other than tools/call.
 * @throws ProtocolError that is safe to show to the caller
 */
export async function callOperation<T>(
  call: OperationCall,
  args: unknown,
  { services, caller, observer }: HandlerDependencies,
  signal: AbortSignal = neverAborted,
): Promise<T> {
  const record = observer.current()
  if (record === undefined) throw new Error('a handler was called outside of an observed message')
  try {
    const context = { services, caller, record, signal, progress: async () => undefined }
    return (await call(args, context)) as T
  } catch (thrown) {
    const error = toAppError(thrown)
    const isClientError = error.code === 'invalid_arguments' || error.code === 'not_found'
    const code = isClientError ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
    throw new ProtocolError(code, `${error.code}: ${error.message}`)
  }
}
