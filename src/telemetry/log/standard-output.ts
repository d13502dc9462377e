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

/** Bound on what waits for a slow reader: some ten thousand lines. */
const maxBacklogBytes = 8 * 1024 * 1024

/**
 * Writes lines to standard output. Never delays or ends the process: lines for a reader that stalls or went away are
 * dropped and counted.
 *
 * Fast path: winston's own transport does more per line, in a later event-loop turn.
 */
export class StandardOutput extends winston.transports.Console implements LogOutput {
  dropped = 0
  #closed = false

  constructor() {
    super()
    process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (this.#closed) return
      this.#closed = true
      // The reader of standard error may be gone, too.
      process.stderr.on('error', () => undefined)
      process.stderr.write(`standard output was closed (${code}): log lines are dropped\n`)
    })
  }

  override log(info: { [lineText]: string }, done: () => void): void {
    if (this.#closed || process.stdout.writableLength > maxBacklogBytes) this.dropped++
    else process.stdout.write(info[lineText], this.#onWritten)
    done()
  }

  #onWritten = (error?: Error | null): void => {
    if (error) this.dropped++
  }

  async drain(): Promise<void> {
    if (!this.#closed) await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  }
}
