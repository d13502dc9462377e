import { Writable } from 'node:stream'
import winston from 'winston'
import type { Logger } from '../../src/telemetry/log/logger.ts'

export const silentLogger: Logger = winston.createLogger({ silent: true })

/** A logger that collects its lines. */
export function recordingLogger(): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  const logger = winston.createLogger({
    level: 'debug',
    format: winston.format.json(),
    transports: [new winston.transports.Stream({ stream })],
  })
  return { logger, lines }
}
