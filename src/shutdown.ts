import { exitAtOnce } from './config/early-signals.ts'
import { withDeadline } from './lib/deadline.ts'
import type { Logger } from './telemetry/log/logger.ts'

export interface ShutdownStep {
  readonly name: string
  readonly run: () => Promise<unknown>
  /** After this time the next step starts. */
  readonly timeoutMs: number
}

export interface Shutdown {
  readonly steps: readonly ShutdownStep[]
  readonly logger: Logger
  /** Flushes log and traces, after the last log line. */
  readonly flush: () => Promise<void>
}

/**
 * Runs the shutdown steps on SIGTERM and SIGINT, then exits with 0; a second signal exits with 1 at once. An unhandled
 * error is logged and exits with 1, because the process may be in an inconsistent state.
 */
export function installShutdown(shutdown: Shutdown): void {
  const { logger, flush } = shutdown
  let stopping = false
  /** Set while the log is flushed: an error from flushing must not start another shutdown. */
  let flushing = false

  const flushInTime = () =>
    withDeadline({ timeoutMs: flushTimeoutMs, operation: 'Flushing' }, flush).catch(() => undefined)

  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (stopping) process.exit(1)
    stopping = true
    await runSteps(shutdown, signal)
    flushing = true
    await flushInTime()
    process.exit(0)
  }

  async function fail(error: unknown): Promise<void> {
    if (flushing) return
    flushing = true
    logger.error('unhandled error', { function: 'fail', error })
    await flushInTime()
    process.exit(1)
  }

  // In this order, because a signal that is pending while there is no listener would be lost.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop).off(signal, exitAtOnce)
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}

const flushTimeoutMs = 5_000

/** Runs the steps in order, each within its time. */
export async function runSteps({ steps, logger }: Shutdown, signal: NodeJS.Signals): Promise<void> {
  logger.info('shutting down', { function: 'stop', signal })
  for (const { name, run, timeoutMs } of steps) {
    await withDeadline({ timeoutMs, operation: `The step "${name}"` }, run).catch((error: unknown) => {
      logger.warn('shutdown step failed', { function: 'stop', step: name, error })
    })
  }
  logger.info('stopped', { function: 'stop' })
}
