import { errorTable } from '../errors.ts'
import type { Logger } from './logger.ts'
import type { Sink } from './observe.ts'

/** Longest text of the client's that is copied into a log line. */
const maxLoggedLength = 200

/** One line per MCP message, at the level its outcome deserves. */
export function createLogSink(logger: Logger): Sink {
  return (record) => {
    const failed =
      record.errorCode ?? (record.rpcErrorCode === undefined ? undefined : String(record.rpcErrorCode))
    const level = record.errorCode === undefined ? 'info' : errorTable[record.errorCode].logLevel
    logger.log(level, 'mcp message', {
      'mcp.method.name': shorten(record.method),
      'mcp.protocol.version': record.protocolVersion,
      'jsonrpc.request.id': record.id === undefined ? undefined : shorten(String(record.id)),
      'gen_ai.tool.name': record.method === 'tools/call' ? shorten(record.target) : undefined,
      'mcp.prompt.name': record.method === 'prompts/get' ? shorten(record.target) : undefined,
      'mcp.resource.uri': shorten(record.resourceUri),
      'mcp.client.name': shorten(record.clientName),
      request_id: record.requestId,
      caller: record.caller,
      outcome: failed === undefined ? 'success' : record.errorCode === 'cancelled' ? 'cancelled' : 'error',
      'error.type': failed,
      'rpc.response.status_code': record.rpcErrorCode,
      duration_ms: Math.round(record.durationMs * 1000) / 1000,
      result_bytes: record.resultBytes,
      cache: record.cache,
      argument_keys: record.argumentKeys?.slice(0, 20).map(shorten),
      arguments: record.loggedArguments,
      'error.message': record.error?.message,
      // A caller's mistake is told by its message; our own failures also by stack and cause.
      error: level === 'error' ? record.error : undefined,
    })
  }
}

function shorten<T extends string | undefined>(text: T): T | string {
  return text !== undefined && text.length > maxLoggedLength ? `${text.slice(0, maxLoggedLength)}…` : text
}
