import type { McpRequestContext, McpServer, Transport } from '@modelcontextprotocol/server'
import type { MessageRecord, Observer } from '../../telemetry/observer.ts'
import { toMessage } from '../message.ts'
import { describeMessage, type RequestId } from './describe-message.ts'

export interface MessageObservation {
  readonly observer: Observer
  /** Names of the tools that exist. */
  readonly tools: ReadonlySet<string>
  /** Called when a message reaches the server instance: the request that brought it was not refused before. */
  readonly onDispatch: (request: Request | undefined) => void
}

/**
 * Observes every message of a server instance, of whatever method and in either era. The SDK has no hook
 * for this; what all messages pass is the transport, so its two ends are wrapped when the server connects.
 * Wrapped in place, because the SDK recognises its transports by `instanceof` and private fields.
 */
export function observeMessages(
  mcp: McpServer,
  { era, requestInfo }: McpRequestContext,
  { observer, tools, onDispatch }: MessageObservation,
): void {
  // Lists, because nothing keeps a client from giving several messages of a batch the same id.
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
          if ('error' in message) answeredWithError(record, message.error, tools)
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
      // What is not answered yet has lost its caller.
      for (const record of [...records.values()].flat()) {
        record.errorCode ??= 'cancelled'
        observer.end(record)
      }
      records.clear()
      onclose?.()
    }
  }
}

function answeredWithError(
  record: MessageRecord,
  { code, message }: { code: number; message: string },
  tools: ReadonlySet<string>,
): void {
  record.rpcError = { code, message }
  if (record.method !== 'tools/call') return
  // Refused by the SDK before the tool's pipeline: whoever sent it has made the mistake.
  if (!tools.has(record.target ?? '')) record.errorCode ??= 'unknown_tool'
  else if (code === -32602) record.errorCode ??= 'invalid_arguments'
}
