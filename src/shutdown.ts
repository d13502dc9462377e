import type { Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
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

/**
 * Resolves when every connection of a server that listens no more has ended: those that a client keeps
 * open for later are closed as soon as they carry no response.
 */
export async function connectionsToEnd(server: Server): Promise<void> {
  const connections = promisify(server.getConnections.bind(server))
  while ((await connections()) > 0) {
    server.closeIdleConnections()
    await delay(20)
  }
}

async function within(timeoutMs: number, run: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${timeoutMs} ms`)), timeoutMs)
  })
  await Promise.race([run(), timeout]).finally(() => clearTimeout(timer))
}
