import type { ArrivedMessage } from '../../telemetry/observer.ts'
import type { Sender } from '../caller.ts'
import { isObject, type Message } from '../message.ts'
import { clientNameOf, sessionHeader } from '../session.ts'

export type RequestId = string | number

export interface MessageOrigin {
  readonly era: ArrivedMessage['era']
  /** Headers of the HTTP request. */
  readonly headers: Headers | undefined
  readonly kind?: ArrivedMessage['kind']
  readonly sender: Sender | undefined
}

/** Extracts the observed fields of a JSON-RPC message. Never throws. */
export function describeMessage(
  message: Message,
  { era, headers, kind = 'call', sender }: MessageOrigin,
): ArrivedMessage {
  const { method, params, id, name } = message
  const meta = isObject(params._meta) ? params._meta : {}
  const sessionId = headers?.get(sessionHeader) ?? undefined
  const client = clientIn(params)
  return {
    method,
    era,
    kind,
    owner: sender?.owner,
    caller: sender?.caller.id,
    client: sender?.client,
    httpVersion: sender?.httpVersion,
    id,
    protocolVersion:
      text(meta['io.modelcontextprotocol/protocolVersion'] ?? params.protocolVersion) ??
      headers?.get('mcp-protocol-version') ??
      undefined,
    // The part after the dot is the client's name.
    sessionId: sessionId?.split('.', 1)[0],
    clientName: text(client.name) ?? clientNameOf(sessionId ?? ''),
    clientVersion: text(client.version),
    requestId: headers?.get('x-request-id') ?? undefined,
    target: method === 'completion/complete' && isObject(params.ref) ? text(params.ref.name) : name,
    resourceUri: text(params.uri),
    arguments: params.arguments,
    traceparent: text(meta.traceparent),
    tracestate: text(meta.tracestate),
  }
}

/**
 * Messages of 2026-07-28 name the client in `_meta`; in the 2025 revisions only `initialize` does, in its params, and
 * the session id repeats it.
 */
function clientIn(params: Message['params']): Record<string, unknown> {
  const meta = isObject(params._meta) ? params._meta : {}
  const client = meta['io.modelcontextprotocol/clientInfo'] ?? params.clientInfo
  return isObject(client) ? client : {}
}

export const clientNameIn = (params: Message['params']): string | undefined => text(clientIn(params).name)

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
