import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { OpenTelemetryTransportV3 } from '@opentelemetry/winston-transport'
import winston from 'winston'
import type { LogConfig } from '../../config/config.ts'
import { redactFields } from './redact.ts'
import { type LogOutput, lineText, StandardOutput } from './standard-output.ts'

export type Logger = winston.Logger

export interface LoggerOptions extends LogConfig {
  readonly serviceName: string
  /** Also exports each line by OTLP; requires the SDK to be started for logs. */
  readonly otlp?: boolean
  readonly output?: LogOutput
}

/**
 * The process's logger: one JSON object per line on stdout, or a readable format for terminals. Components use a child
 * logger with their `module`; each line names its `function`.
 */
export function createLogger({
  level,
  format,
  serviceName,
  otlp = false,
  output = new StandardOutput(),
}: LoggerOptions): Logger {
  return winston.createLogger({
    level,
    defaultMeta: { 'service.name': serviceName },
    format: lineFormat(format === 'json' ? jsonLine : prettyLine, otlp)(),
    transports: [output, ...(otlp ? [new OpenTelemetryTransportV3()] : [])],
  })
}

/** Resolves when the output has all lines, which it may still have to write. The logger must not be used afterwards. */
export async function flushLogger(logger: Logger): Promise<void> {
  await new Promise((resolve) => logger.once('finish', resolve).end())
}

export const traceFlags = (span: { traceFlags: number }): string =>
  span.traceFlags.toString(16).padStart(2, '0')

type Fields = Readonly<Record<string, unknown>> & { readonly level: string; readonly message: unknown }

/** Property in which winston's transports find the level. */
const levelName: unique symbol = Symbol.for('level') as never
/** Property in which the OTLP transport finds the context of a line; without it, it takes the active one. */
const contextName: unique symbol = Symbol.for('opentelemetry.js.contrib.winston.context') as never

/**
 * Redacts and formats in one step, because every call logs a line. Redaction happens before any transport, so that
 * all of them get the same fields; undefined fields are dropped.
 */
const lineFormat = (write: (fields: Fields) => string, otlp: boolean) =>
  winston.format((info) => {
    // Lines without an explicit trace id belong to the active span.
    const span = info.trace_id === undefined ? trace.getActiveSpan()?.spanContext() : undefined
    const { level, message } = info
    const clean = redactFields(info, 0, { level, message }) as typeof info
    if (span)
      Object.assign(clean, { trace_id: span.traceId, span_id: span.spanId, trace_flags: traceFlags(span) })
    else if (otlp) clean[contextName] = contextOf(info)
    clean[levelName] = info[levelName]
    clean[lineText] = `${escapeControls(write(clean))}\n`
    return clean
  })

/** The context of a line with explicit ids, which need not be the active one. */
const contextOf = ({ trace_id: traceId, span_id: spanId, trace_flags: flags }: Record<string, unknown>) =>
  typeof traceId === 'string' && typeof spanId === 'string'
    ? trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(String(flags), 16) })
    : undefined

const jsonLine = (fields: Fields): string =>
  `{"timestamp":"${new Date().toISOString()}",${JSON.stringify(fields).slice(1)}`

function prettyLine({ level, message, 'service.name': _service, ...fields }: Fields): string {
  const details = Object.entries(fields).map(([name, value]) => `${name}=${readable(value)}`)
  return `${new Date().toISOString().slice(11, 23)} ${level.padEnd(5)} ${String(message)} ${details.join(' ')}`.trimEnd()
}

/** Shortens errors to type, message and innermost cause; the JSON format has the rest. */
function readable(value: unknown): string {
  if (typeof value === 'string') return value
  if (!isRedactedError(value)) return JSON.stringify(value)
  const text = `${value.type}: ${value.message}`
  let cause = value.cause
  while (isRedactedError(cause) && cause.cause !== undefined) cause = cause.cause
  return cause === undefined ? text : `${text} (cause: ${readable(cause)})`
}

function isRedactedError(value: unknown): value is { type: string; message: string; cause?: unknown } {
  return (
    typeof value === 'object' && value !== null && 'type' in value && 'message' in value && 'stack' in value
  )
}

/** Control characters, bidirectional controls and line separators, with which text could deceive a terminal. */
const unsafe = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u
const allUnsafe = new RegExp(unsafe, 'gu')

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * In a JSON line these characters occur only in strings, where the escape has the same meaning. Fast path: replacing
 * nothing would still allocate twice the line.
 */
const escapeControls = (line: string): string => (unsafe.test(line) ? line.replace(allUnsafe, escaped) : line)
