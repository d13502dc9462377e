import winston from 'winston'

/** Property in which winston's transports find the formatted line. */
export const lineText: unique symbol = Symbol.for('message') as never

/** Where log lines go. */
export interface LogOutput extends winston.transport {
  /** Number of lost lines. */
  readonly dropped: number
  /** Resolves when the reader has taken all lines, or went away. */
  drain(): Promise<void>
}

/** Maximum bytes that wait for a slow reader: about ten thousand lines. */
const maxBacklogBytes = 8 * 1024 * 1024
/** Maximum lines that wait for the end of an event-loop turn, which can be long. */
const maxLinesPerWrite = 256

/**
 * Writes lines to standard output. Never delays or ends the process: lines for a reader that stalls or went away are
 * dropped and counted.
 *
 * Fast path: winston's own transport does more per line, in a later event-loop turn. Here the lines of a turn are one
 * write, because each one wakes the reader. Warnings and errors do not wait: they may explain why a process is killed.
 */
export class StandardOutput extends winston.transports.Console implements LogOutput {
  dropped = 0
  #closed = false
  /** Lines of this turn. */
  #lines: string[] = []

  constructor() {
    super()
    process.once('exit', this.#write)
    process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (this.#closed) return
      this.#closed = true
      // The reader of standard error may be gone, too.
      process.stderr.on('error', () => undefined)
      process.stderr.write(`standard output was closed (${code}): log lines are dropped\n`)
    })
  }

  override log(info: { level: string; [lineText]: string }, done: () => void): void {
    if (this.#closed || process.stdout.writableLength > maxBacklogBytes) this.dropped++
    else if (this.#lines.push(info[lineText]) === 1) setImmediate(this.#write)
    const isUrgent = info.level === 'warn' || info.level === 'error'
    if (isUrgent || this.#lines.length >= maxLinesPerWrite) this.#write()
    done()
  }

  #write = (): void => {
    const lines = this.#lines
    if (lines.length === 0) return
    this.#lines = []
    process.stdout.write(lines.join(''), (error) => {
      if (error) this.dropped += lines.length
    })
  }

  async drain(): Promise<void> {
    this.#write()
    if (!this.#closed) await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  }
}
