import type { McpRequestContext, McpServer, Transport } from '@modelcontextprotocol/server'
import type { MessageRecord, Observer } from '../../telemetry/observer.ts'
import { toMessage } from '../message.ts'
import { describeMessage, type RequestId } from './describe-message.ts'

export interface MessageObservation {
  readonly observer: Observer
  /** Names of all tools. */
  readonly tools: ReadonlySet<string>
  /** Called when a message reaches the server instance, so its request was not rejected. */
  readonly onDispatch: (request: Request | undefined) => void
}

/**
 * Workaround: observes every message of a server instance. The SDK has no hook for this, so both ends of the transport
 * are wrapped when the server connects; in place, because the SDK checks transports by `instanceof` and private fields.
 */
export function observeMessages(
  mcp: McpServer,
  { era, requestInfo }: McpRequestContext,
  { observer, tools, onDispatch }: MessageObservation,
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
          if ('error' in message) recordError(record, message.error, tools)
          observer.end(record)
        }
      }
      return send(message, options)
    }

    await connect(transport)

    const { onmessage, onclose } = transport
    transport.onmessage = (message, extra) => {
      onDispatch(requestInfo)
      if (!('method' in message)) {
        onmessage?.(message, extra)
        return
      }
      const record = observer.start(
        describeMessage(toMessage(message), { era, headers: requestInfo?.headers }),
      )
      if (record.id !== undefined) records.set(record.id, [...(records.get(record.id) ?? []), record])
      observer.run(record, () => onmessage?.(message, extra))
      if (record.id === undefined) observer.end(record)
    }
    transport.onclose = () => {
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

function recordError(
  record: MessageRecord,
  { code, message }: { code: number; message: string },
  tools: ReadonlySet<string>,
): void {
  record.rpcError = { code, message }
  if (record.method !== 'tools/call') return
  // A client error that the SDK rejected before the pipeline.
  if (!tools.has(record.target ?? '')) record.errorCode ??= 'unknown_tool'
  else if (code === -32602) record.errorCode ??= 'invalid_arguments'
}
