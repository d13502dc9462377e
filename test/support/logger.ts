import { Writable } from 'node:stream'
import winston from 'winston'
import type { Logger } from '../../src/telemetry/log/logger.ts'
import { type LogOutput, lineText } from '../../src/telemetry/log/standard-output.ts'

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

/** Receives the formatted lines of a logger instead of standard output. */
export class LineRecorder extends winston.transports.Console implements LogOutput {
  readonly dropped = 0
  readonly #add: (line: string) => void

  constructor(add: (line: string) => void) {
    super()
    this.#add = add
  }

  override log(info: { [lineText]: string }, done: () => void): void {
    this.#add(info[lineText])
    done()
  }

  async drain(): Promise<void> {}
}
