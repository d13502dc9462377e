import winston from 'winston'
import type { LogConfig } from '../config.ts'

export type Logger = winston.Logger

export interface LoggerOptions extends LogConfig {
  readonly serviceName: string
}

/**
 * The process's logger: one JSON object a line on stdout, or short readable lines for a terminal.
 * Parts of the program get a child of it that names their `module`.
 */
export function createLogger({ level, format, serviceName }: LoggerOptions): Logger {
  return winston.createLogger({
    level,
    defaultMeta: { 'service.name': serviceName },
    format: format === 'json' ? jsonLine : prettyLine,
    transports: [new winston.transports.Console({ stderrLevels: [], forceConsole: false })],
  })
}

const jsonLine = winston.format.printf(({ level, message, ...fields }) =>
  JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields }, errorsReadable),
)

const prettyLine = winston.format.printf(({ level, message, 'service.name': _service, ...fields }) => {
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${name}=${value instanceof Error ? describe(value) : JSON.stringify(value, errorsReadable)}`,
    )
  return `${new Date().toISOString().slice(11, 23)} ${level.padEnd(5)} ${String(message)} ${details.join(' ')}`.trimEnd()
})

/** An Error has no own enumerable fields, so JSON.stringify alone would log it as `{}`. */
function errorsReadable(_key: string, value: unknown): unknown {
  return value instanceof Error
    ? {
        type: value.name,
        message: value.message,
        stack: value.stack,
        ...(value.cause === undefined ? {} : { cause: value.cause }),
      }
    : value
}

function describe(error: Error): string {
  return `${error.name}: ${error.message}${error.cause instanceof Error ? ` (${describe(error.cause)})` : ''}`
}
