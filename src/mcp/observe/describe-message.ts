import type { ArrivedMessage } from '../../telemetry/observer.ts'

export type RequestId = string | number

export interface MessageOrigin {
  readonly era: ArrivedMessage['era']
  /** Of the HTTP request that brought it. */
  readonly headers: Headers | undefined
  readonly kind?: ArrivedMessage['kind']
}

/** What the observer is to know of a JSON-RPC message. Anything may be wrong with it: nothing here throws. */
export function describeMessage(
  message: unknown,
  { era, headers, kind = 'call' }: MessageOrigin,
): ArrivedMessage {
  const { method, params, id } = isObject(message) ? message : {}
  const values = isObject(params) ? params : {}
  const meta = isObject(values._meta) ? values._meta : {}
  // `initialize` names the client in the params, modern messages in every envelope, other legacy ones nowhere.
  const client = meta['io.modelcontextprotocol/clientInfo'] ?? values.clientInfo
  return {
    method: text(method) ?? '',
    era,
    kind,
    id: typeof id === 'string' || typeof id === 'number' ? id : undefined,
    protocolVersion:
      text(meta['io.modelcontextprotocol/protocolVersion'] ?? values.protocolVersion) ??
      headers?.get('mcp-protocol-version') ??
      undefined,
    clientName: isObject(client) ? text(client.name) : undefined,
    requestId: headers?.get('x-request-id') ?? undefined,
    target: text(values.name),
    resourceUri: text(values.uri),
    traceparent: text(meta.traceparent),
    tracestate: text(meta.tracestate),
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
