import type { MessageRecord } from '../observer.ts'
import { shorten } from './log-sink.ts'
import { type Logger, traceFlags } from './logger.ts'

export type CallFields = Readonly<Record<string, string | number | boolean | undefined | Error>>

/** Log lines of a call, with the ids of its `mcp message` line. Fields are bounded, and redacted by name and value. */
export interface CallLog {
  debug(message: string, fields?: CallFields): void
  info(message: string, fields?: CallFields): void
  warn(message: string, fields?: CallFields): void
}

export function createCallLog(logger: Logger, record: MessageRecord): CallLog {
  const write =
    (level: keyof CallLog) =>
    (message: string, fields: CallFields = {}) => {
      if (!logger.isLevelEnabled(level)) return
      logger.log({
        level,
        message: shorten(message),
        function: 'run',
        trace_id: record.span?.traceId,
        span_id: record.span?.spanId,
        trace_flags: record.span && traceFlags(record.span),
        'jsonrpc.request.id': record.id === undefined ? undefined : shorten(String(record.id)),
        'gen_ai.tool.name': record.method === 'tools/call' ? record.target : undefined,
        request_id: record.requestId,
        caller: record.caller,
        // Nested, so that no field replaces an id.
        fields: boundFields(fields),
      })
    }
  return { debug: write('debug'), info: write('info'), warn: write('warn') }
}

/** At most 20 fields; texts of at most 200 characters. */
export const boundFields = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .slice(0, 20)
      .map(([name, value]) => [shorten(name), typeof value === 'string' ? shorten(value) : value]),
  )
