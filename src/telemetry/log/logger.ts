import { trace } from '@opentelemetry/api'
import { OpenTelemetryTransportV3 } from '@opentelemetry/winston-transport'
import winston from 'winston'
import type { LogConfig } from '../../config/config.ts'
import { redactFields } from './redact.ts'

export type Logger = winston.Logger

export interface LoggerOptions extends LogConfig {
  readonly serviceName: string
  /** Also exports each line by OTLP; requires the SDK to be started for logs. */
  readonly otlp?: boolean
}

/**
 * The process's logger: one JSON object per line on stdout, or a readable format for terminals. Components use a child
 * logger with their `module`; each line names its `function`.
 */
export function createLogger({ level, format, serviceName, otlp = false }: LoggerOptions): Logger {
  return winston.createLogger({
    level,
    defaultMeta: { 'service.name': serviceName },
    format: lineFormat(format === 'json' ? jsonLine : prettyLine)(),
    transports: [new StandardOutput(), ...(otlp ? [new OpenTelemetryTransportV3()] : [])],
  })
}

/** Fast path: winston's own transport does more per line, in a later event-loop turn. */
class StandardOutput extends winston.transports.Console {
  override log(info: { [lineText]: string }, done: () => void): void {
    process.stdout.write(info[lineText])
    done()
  }
}

/** Resolves when all lines are written. The logger must not be used afterwards. */
export async function flushLogger(logger: Logger): Promise<void> {
  await new Promise((resolve) => logger.once('finish', resolve).end())
}

export const traceFlags = (span: { traceFlags: number }): string =>
  span.traceFlags.toString(16).padStart(2, '0')

type Fields = Readonly<Record<string, unknown>> & { readonly level: string; readonly message: unknown }

/** Properties in which winston's transports find the level and the formatted line. */
const levelName: unique symbol = Symbol.for('level') as never
const lineText: unique symbol = Symbol.for('message') as never

/**
 * Redacts and formats in one step, because every call logs a line. Redaction happens before any transport, so that
 * all of them get the same fields; undefined fields are dropped.
 */
const lineFormat = (write: (fields: Fields) => string) =>
  winston.format((info) => {
    // Lines without an explicit trace id belong to the active span.
    const span = info.trace_id === undefined ? trace.getActiveSpan()?.spanContext() : undefined
    const { level, message } = info
    const clean = redactFields(info, 0, { level, message }) as typeof info
    if (span)
      Object.assign(clean, { trace_id: span.traceId, span_id: span.spanId, trace_flags: traceFlags(span) })
    clean[levelName] = info[levelName]
    clean[lineText] = `${write(clean)}\n`
    return clean
  })

const jsonLine = (fields: Fields): string =>
  `{"timestamp":"${new Date().toISOString()}",${JSON.stringify(fields).slice(1)}`

function prettyLine({ level, message, 'service.name': _service, ...fields }: Fields): string {
  const details = Object.entries(fields).map(([name, value]) => `${name}=${readable(value)}`)
  return `${new Date().toISOString().slice(11, 23)} ${level.padEnd(5)} ${String(message)} ${details.join(' ')}`.trimEnd()
}

/** Shortens errors to type and message; the JSON format has the stack. */
function readable(value: unknown): string {
  if (typeof value === 'string') return value
  const isError =
    typeof value === 'object' && value !== null && 'type' in value && 'message' in value && 'stack' in value
  return isError ? `${value.type}: ${value.message}` : JSON.stringify(value)
}
