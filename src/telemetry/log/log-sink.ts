import { errorTable } from '../../errors.ts'
import { type EndedRecord, promptMethods, type Sink } from '../observer.ts'
import { type Logger, traceFlags } from './logger.ts'
import { redactText } from './redact.ts'

/** Maximum length of client-supplied text in a log line. */
const maxLoggedLength = 200

/** One line per MCP message, at the level of its outcome. */
export function createLogSink({ logger }: { readonly logger: Logger }): Sink {
  return {
    end(record) {
      const level = levelOf(record)
      if (!logger.isLevelEnabled(level)) return
      // Fast path: winston uses this object without a copy; a child logger would create two.
      logger.log({
        level,
        message: 'mcp message',
        module: 'mcp',
        // Fast path: no spread, because V8 would then use a hash table several times as large.
        trace_id: record.span?.traceId,
        span_id: record.span?.spanId,
        trace_flags: record.span && traceFlags(record.span),
        function: shorten(record.method),
        'mcp.method.name': shorten(record.method),
        'mcp.protocol.version': shorten(record.protocolVersion),
        'jsonrpc.request.id': record.id === undefined ? undefined : shorten(String(record.id)),
        'gen_ai.tool.name': record.method === 'tools/call' ? shorten(record.target) : undefined,
        'gen_ai.prompt.name': promptMethods.has(record.method) ? shorten(record.target) : undefined,
        'mcp.resource.uri': shorten(record.resourceUri),
        'mcp.client.name': shorten(record.clientName),
        'mcp.client.version': shorten(record.clientVersion),
        era: record.era,
        request_id: record.requestId,
        caller: record.caller,
        outcome: record.errorType === 'cancelled' ? 'cancelled' : (record.resultType ?? record.status),
        'error.type': record.errorType,
        'error.code': record.errorCode,
        'rpc.response.status_code': record.rpcError?.code,
        duration_ms: Math.round(record.durationMs * 1000) / 1000,
        result_bytes: record.resultBytes,
        cache: record.cache,
        argument_keys: record.argumentKeys?.slice(0, 20).map(shorten),
        arguments: record.loggedArguments,
        'error.message': shorten(record.error?.message ?? record.rpcError?.message),
        // Client errors are logged by message, server errors with stack and cause.
        error: level === 'error' ? record.error : undefined,
      })
    },
  }
}

function levelOf({ errorCode, rpcError }: EndedRecord): 'info' | 'warn' | 'error' {
  if (errorCode !== undefined) return errorTable[errorCode].logLevel
  return rpcError?.code === -32603 ? 'error' : 'info'
}

/** Redacts before it cuts: without its end a secret is not recognised. */
export function shorten<T extends string | undefined>(text: T): T | string {
  return text !== undefined && text.length > maxLoggedLength
    ? `${redactText(text).slice(0, maxLoggedLength)}…`
    : text
}
