import type { ArrivedMessage } from '../../telemetry/observer.ts'
import { isObject, type Message } from '../message.ts'

export type RequestId = string | number

export interface MessageOrigin {
  readonly era: ArrivedMessage['era']
  /** Of the HTTP request that brought it. */
  readonly headers: Headers | undefined
  readonly kind?: ArrivedMessage['kind']
}

/** What the observer records of a JSON-RPC message. Never throws. */
export function describeMessage(
  message: Message,
  { era, headers, kind = 'call' }: MessageOrigin,
): ArrivedMessage {
  const { method, params, id, name } = message
  const meta = isObject(params._meta) ? params._meta : {}
  // `initialize` names the client in the params, modern messages in every envelope, other legacy ones nowhere.
  const client = meta['io.modelcontextprotocol/clientInfo'] ?? params.clientInfo
  return {
    method,
    era,
    kind,
    id,
    protocolVersion:
      text(meta['io.modelcontextprotocol/protocolVersion'] ?? params.protocolVersion) ??
      headers?.get('mcp-protocol-version') ??
      undefined,
    clientName: isObject(client) ? text(client.name) : undefined,
    requestId: headers?.get('x-request-id') ?? undefined,
    target: name,
    resourceUri: text(params.uri),
    traceparent: text(meta.traceparent),
    tracestate: text(meta.tracestate),
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
