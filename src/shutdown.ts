import type { Logger } from './telemetry/log/logger.ts'

export interface ShutdownStep {
  readonly name: string
  readonly run: () => Promise<unknown>
  /** After this long the step is given up and the next one begins. */
  readonly timeoutMs: number
}

export interface ShutdownOptions {
  readonly steps: readonly ShutdownStep[]
  readonly logger: Logger
  /** What comes after the last log line: sending all that was logged and traced. */
  readonly flush: () => Promise<void>
}

/**
 * Decides how the process ends. On SIGTERM or SIGINT it runs the steps in order and exits with 0; a second
 * signal exits at once. An error that nobody handled is logged and ends it with 1, because nobody knows
 * what state it has left behind.
 */
export function installShutdown({ steps, logger, flush }: ShutdownOptions): void {
  let stopping = false

  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (stopping) process.exit(1)
    stopping = true
    logger.info('shutting down', { function: 'stop', signal })
    for (const { name, run, timeoutMs } of steps) {
      await within(timeoutMs, run).catch((error: unknown) => {
        logger.warn('a shutdown step failed', { function: 'stop', step: name, error })
      })
    }
    logger.info('stopped', { function: 'stop' })
    await within(flushTimeoutMs, flush).catch(() => undefined)
    process.exit(0)
  }

  async function fail(error: unknown): Promise<void> {
    logger.error('unhandled error', { function: 'fail', error })
    await within(flushTimeoutMs, flush).catch(() => undefined)
    process.exit(1)
  }

  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}

const flushTimeoutMs = 5_000

async function within(timeoutMs: number, run: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${timeoutMs} ms`)), timeoutMs)
  })
  await Promise.race([run(), timeout]).finally(() => clearTimeout(timer))
}
