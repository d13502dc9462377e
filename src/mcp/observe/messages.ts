import type { McpRequestContext, McpServer, Server, Transport } from '@modelcontextprotocol/server'
import type { MessageRecord, Observer } from '../../telemetry/observer.ts'
import { senderIn } from '../caller.ts'
import { isObject, toMessage } from '../message.ts'
import { describeMessage, type RequestId } from './describe-message.ts'

export interface KnownNames {
  readonly tools: ReadonlySet<string>
  readonly prompts: ReadonlySet<string>
}

export interface MessageObservation {
  readonly observer: Observer
  /** Names of all tools and prompts. */
  readonly known: KnownNames
  /** Called when a message reaches the server instance, so its request was not rejected. */
  readonly onDispatch: () => void
}

/**
 * Workaround: observes every message of a server instance. The SDK has no hook for this, so both ends of the transport
 * are wrapped when the server connects; in place, because the SDK checks transports by `instanceof` and private fields.
 */
export function observeMessages(
  mcp: McpServer | Server,
  { era, requestInfo, authInfo }: McpRequestContext,
  { observer, known, onDispatch }: MessageObservation,
): void {
  // Lists, because a client can use one id for several messages of a batch.
  const records = new Map<RequestId, MessageRecord[]>()

  const connect = mcp.connect.bind(mcp)
  mcp.connect = async (transport: Transport) => {
    const send = transport.send.bind(transport)
    transport.send = (message, options) => {
      if (!('method' in message) && message.id !== undefined) {
        const waiting = records.get(message.id)
        const record = waiting?.shift()
        if (waiting?.length === 0) records.delete(message.id)
        if (record !== undefined) {
          if ('error' in message) recordError(record, message.error, known)
          else recordVersion(record, message.result)
          observer.end(record)
        }
      }
      return send(message, options)
    }

    await connect(transport)

    const { onmessage, onclose } = transport
    transport.onmessage = (message, extra) => {
      onDispatch()
      if (!('method' in message)) {
        onmessage?.(message, extra)
        return
      }
      const record = observer.start(
        describeMessage(toMessage(message), {
          era,
          headers: requestInfo?.headers,
          sender: senderIn(authInfo),
        }),
      )
      if (record.id !== undefined) records.set(record.id, [...(records.get(record.id) ?? []), record])
      // Not `notifications/cancelled`: the SDK sends no response for a cancelled request of the same batch, and then
      // waits for it forever. `cancellation.ts` cancels the other requests.
      if (record.id !== undefined || message.method !== 'notifications/cancelled')
        observer.run(record, () => onmessage?.(message, extra))
      if (record.id === undefined) observer.end(record)
    }
    transport.onclose = () => {
      if (records.size === 0) {
        withoutStackTraces(() => onclose?.())
        return
      }
      // The client disconnected with calls in flight.
      for (const record of [...records.values()].flat()) {
        record.errorCode ??= 'cancelled'
        observer.end(record)
      }
      records.clear()
      onclose?.()
    }
  }
}

/**
 * Fast path: the SDK creates an error for calls in flight even if there are none. Its stack would cost at least 3 % of
 * a call.
 */
function withoutStackTraces(close: () => void): void {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    close()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function recordError(
  record: MessageRecord,
  { code, message }: { code: number; message: string },
  { tools, prompts }: KnownNames,
): void {
  record.rpcError = { code, message }
  // Client errors that the SDK rejected before the pipeline.
  if (record.method === 'tools/call' && !tools.has(record.target ?? '')) record.errorCode ??= 'unknown_tool'
  else if (code !== -32602) return
  else if (record.method === 'prompts/get' && !prompts.has(record.target ?? ''))
    record.errorCode ??= 'not_found'
  else if (record.method === 'resources/read' && record.resourceUri !== undefined)
    record.errorCode ??= 'not_found'
  else record.errorCode ??= 'invalid_arguments'
}

function recordVersion(record: MessageRecord, result: unknown): void {
  if (record.method === 'initialize' && isObject(result) && typeof result.protocolVersion === 'string')
    record.protocolVersion = result.protocolVersion
}
