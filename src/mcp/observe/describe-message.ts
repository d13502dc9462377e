import type { ArrivedMessage } from '../../telemetry/observer.ts'
import { isObject, type Message } from '../message.ts'

export type RequestId = string | number

export interface MessageOrigin {
  readonly era: ArrivedMessage['era']
  /** Headers of the HTTP request. */
  readonly headers: Headers | undefined
  readonly kind?: ArrivedMessage['kind']
}

/** Extracts the observed fields of a JSON-RPC message. Never throws. */
export function describeMessage(
  message: Message,
  { era, headers, kind = 'call' }: MessageOrigin,
): ArrivedMessage {
  const { method, params, id, name } = message
  const meta = isObject(params._meta) ? params._meta : {}
  // Messages of 2026-07-28 name the client in `_meta`; in the 2025 revisions only `initialize` does, in its params.
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
