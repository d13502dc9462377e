import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { toAppError } from '../errors.ts'
import type { MessageRecord } from '../telemetry/observe.ts'

/**
 * Runs a handler of a method other than tools/call. What it throws is written into the message's record,
 * and reaches the client as a protocol error with a message that is safe to show.
 * @throws ProtocolError
 */
export async function withProtocolErrors<T>(
  record: MessageRecord | undefined,
  handle: () => Promise<T>,
): Promise<T> {
  try {
    return await handle()
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown
    const error = toAppError(thrown)
    if (record) {
      record.errorCode = error.code
      record.error = error
    }
    const callersFault = error.code === 'invalid_arguments' || error.code === 'not_found'
    throw new ProtocolError(
      callersFault ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError,
      `${error.code}: ${error.message}`,
    )
  }
}

/** The SDK gives completions no signal; this bound keeps a slow store from holding them. */
export const completionTimeoutMs = 2_000
