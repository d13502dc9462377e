import type { JSONRPCMessage, McpRequestContext, McpServer, Transport } from '@modelcontextprotocol/server'
import type { MessageRecord, Observer } from '../telemetry/observe.ts'

type RequestId = string | number

/** The records of the messages that one server instance is working on. */
export type OpenRecords = ReadonlyMap<RequestId, MessageRecord>

/**
 * Observes every message of a server instance, of whatever method and in either era. The SDK has no hook
 * for this; what all messages pass is the transport, so its two ends are wrapped when the server connects.
 * Wrapped in place, because the SDK recognises its transports by `instanceof` and private fields.
 */
export function observeMessages(
  mcp: McpServer,
  { era, requestInfo }: McpRequestContext,
  observer: Observer,
): OpenRecords {
  const requestId = requestInfo?.headers.get('x-request-id') ?? undefined
  const records = new Map<RequestId, MessageRecord>()
  const end = (id: RequestId, record: MessageRecord) => {
    records.delete(id)
    observer.end(record)
  }

  const connect = mcp.connect.bind(mcp)
  mcp.connect = async (transport: Transport) => {
    const send = transport.send.bind(transport)
    transport.send = (message, options) => {
      if (!('method' in message) && message.id !== undefined) {
        const record = records.get(message.id)
        if (record !== undefined) {
          if ('error' in message) record.rpcErrorCode = message.error.code
          end(message.id, record)
        }
      }
      return send(message, options)
    }

    await connect(transport)

    const { onmessage, onclose } = transport
    transport.onmessage = (message, extra) => {
      if ('method' in message) {
        const record = observer.start({ ...describe(message), era, requestId })
        if (record.id === undefined) observer.end(record)
        else records.set(record.id, record)
      }
      onmessage?.(message, extra)
    }
    transport.onclose = () => {
      // Nobody is left to be answered: the caller has gone.
      for (const [id, record] of records) {
        record.errorCode ??= 'cancelled'
        end(id, record)
      }
      onclose?.()
    }
  }
  return records
}

function describe(message: JSONRPCMessage): Omit<MessageRecord, 'startedAtMs' | 'era' | 'requestId'> {
  const { method, params, id } = message as {
    method: string
    params?: Record<string, unknown>
    id?: RequestId
  }
  const meta = isObject(params?._meta) ? params._meta : {}
  // `initialize` names the client in the params, modern messages in every envelope, other legacy ones nowhere.
  const client = meta['io.modelcontextprotocol/clientInfo'] ?? params?.clientInfo
  return {
    method,
    id,
    protocolVersion: text(meta['io.modelcontextprotocol/protocolVersion'] ?? params?.protocolVersion),
    clientName: isObject(client) ? text(client.name) : undefined,
    target: text(params?.name),
    resourceUri: text(params?.uri),
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
