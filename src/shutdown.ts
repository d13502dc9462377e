import type { Logger } from './telemetry/logger.ts'

export interface ShutdownStep {
  readonly name: string
  readonly run: () => Promise<unknown>
  /** After this long the step is given up and the next one begins. */
  readonly timeoutMs: number
}

/** On SIGTERM or SIGINT runs the steps in order and exits with 0; a second signal exits at once. */
export function shutDownOnSignals(steps: readonly ShutdownStep[], logger: Logger): void {
  let stopping = false
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    logger.info('shutting down', { signal })
    for (const { name, run, timeoutMs } of steps) {
      await within(timeoutMs, run).catch((error: unknown) =>
        logger.warn('a shutdown step failed', { step: name, error }),
      )
    }
    logger.info('stopped')
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

async function within(timeoutMs: number, run: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${timeoutMs} ms`)), timeoutMs)
  })
  await Promise.race([run(), timeout]).finally(() => clearTimeout(timer))
}
