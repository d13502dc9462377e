import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { toAppError } from '../../errors.ts'
import type { Observer } from '../../telemetry/observer.ts'
import type { OperationCall } from '../pipeline/pipeline.ts'
import { type CallEnvironment, createCallContext } from './call-context.ts'
import type { Turns } from './turns.ts'

/** Shared by the handlers of one server instance. */
export interface HandlerDependencies extends CallEnvironment {
  readonly observer: Observer
  readonly turns: Turns
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
  dependencies: HandlerDependencies,
  signal: AbortSignal = neverAborted,
): Promise<T> {
  const record = dependencies.observer.current()
  if (record === undefined) throw new Error('a handler was called outside of an observed message')
  try {
    return (await call(args, createCallContext(dependencies, record, signal))) as T
  } catch (thrown) {
    const error = toAppError(thrown)
    const isClientError = error.code === 'invalid_arguments' || error.code === 'not_found'
    const code = isClientError ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
    throw new ProtocolError(code, `${error.code}: ${error.message}`)
  }
}
