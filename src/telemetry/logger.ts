import { trace } from '@opentelemetry/api'
import { OpenTelemetryTransportV3 } from '@opentelemetry/winston-transport'
import winston from 'winston'
import type { LogConfig } from '../config.ts'
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
    format: winston.format.combine(withTrace(), withoutSecrets(), format === 'json' ? jsonLine : prettyLine),
    transports: [new winston.transports.Console(), ...(otlp ? [new OpenTelemetryTransportV3()] : [])],
  })
}

/** Resolves when everything logged so far has been written. The logger is of no use afterwards. */
export async function flushLogger(logger: Logger): Promise<void> {
  await new Promise((resolve) => logger.once('finish', resolve).end())
}

/** A line belongs to the span it is written in, unless it says of itself to which. */
const withTrace = winston.format((info) => {
  const span = info.trace_id === undefined ? trace.getActiveSpan()?.spanContext() : undefined
  return span === undefined ? info : Object.assign(info, traceFields(span))
})

export function traceFields(span: { traceId: string; spanId: string; traceFlags: number }) {
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    trace_flags: span.traceFlags.toString(16).padStart(2, '0'),
  }
}

/** Before any transport, so that no way out sees what another one hides. */
const withoutSecrets = winston.format((info) => {
  const clean = redactFields(info)
  // In place, because winston keeps what it needs under symbols; fields that say nothing go.
  for (const name of Object.keys(info)) if (!(name in clean)) delete info[name]
  return Object.assign(info, clean)
})

const jsonLine = winston.format.printf(({ level, message, ...fields }) =>
  JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields }),
)

const prettyLine = winston.format.printf(({ level, message, 'service.name': _service, ...fields }) => {
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${readable(value)}`)
  return `${new Date().toISOString().slice(11, 23)} ${level.padEnd(5)} ${String(message)} ${details.join(' ')}`.trimEnd()
})

/** On a terminal the message of an error is enough; its stack is in the JSON format. */
function readable(value: unknown): string {
  if (typeof value === 'string') return value
  const isError =
    typeof value === 'object' && value !== null && 'type' in value && 'message' in value && 'stack' in value
  return isError ? `${value.type}: ${value.message}` : JSON.stringify(value)
}
