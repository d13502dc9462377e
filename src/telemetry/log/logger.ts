import { trace } from '@opentelemetry/api'
import { OpenTelemetryTransportV3 } from '@opentelemetry/winston-transport'
import winston from 'winston'
import type { LogConfig } from '../../config/config.ts'
import { redactFields } from './redact.ts'

export type Logger = winston.Logger

export interface LoggerOptions extends LogConfig {
  readonly serviceName: string
  /** Sends each line by OTLP too; the SDK must have been started for logs. */
  readonly otlp?: boolean
}

/**
 * The process's logger: one JSON object a line on stdout, or short readable lines for a terminal.
 * Parts of the program get a child of it that names their `module`; each line names its `function`.
 */
export function createLogger({ level, format, serviceName, otlp = false }: LoggerOptions): Logger {
  return winston.createLogger({
    level,
    defaultMeta: { 'service.name': serviceName },
    format: lineFormat(format === 'json' ? jsonLine : prettyLine)(),
    transports: [new StandardOutput(), ...(otlp ? [new OpenTelemetryTransportV3()] : [])],
  })
}

/** winston's own does more for each line than write it, and in a later turn of the event loop. */
class StandardOutput extends winston.transports.Console {
  override log(info: { [lineText]: string }, done: () => void): void {
    process.stdout.write(info[lineText])
    done()
  }
}

/** Resolves when everything logged so far has been written. The logger is of no use afterwards. */
export async function flushLogger(logger: Logger): Promise<void> {
  await new Promise((resolve) => logger.once('finish', resolve).end())
}

export const traceFlags = (span: { traceFlags: number }): string =>
  span.traceFlags.toString(16).padStart(2, '0')

type Fields = Readonly<Record<string, unknown>> & { readonly level: string; readonly message: unknown }

/** Where winston's transports look for the level, and where ours finds the line. */
const levelName: unique symbol = Symbol.for('level') as never
const lineText: unique symbol = Symbol.for('message') as never

/**
 * Makes the line in one step, because every call has one. Secrets go before any transport sees the fields, so
 * that no way out shows what another one hides; fields that say nothing go too.
 */
const lineFormat = (write: (fields: Fields) => string) =>
  winston.format((info) => {
    // A line belongs to the span it is written in, unless it says of itself to which.
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

/** On a terminal the message of an error is enough; its stack is in the JSON format. */
function readable(value: unknown): string {
  if (typeof value === 'string') return value
  const isError =
    typeof value === 'object' && value !== null && 'type' in value && 'message' in value && 'stack' in value
  return isError ? `${value.type}: ${value.message}` : JSON.stringify(value)
}
