import { once } from 'node:events'

/** One Ctrl-C arrives twice: from the terminal, and forwarded by npm. */
const echoMs = 1_000

/**
 * Catches the signals that ask this process to stop.
 *
 * @param onInsist called when the user asks again, a second or more after the first time
 * @returns a signal that the first request aborts
 */
export function stopRequests(onInsist: () => void): AbortSignal {
  const controller = new AbortController()
  let firstAt = 0
  // Only npm forwards signals badly; a launcher started by hand may outlive its parent on purpose.
  if (process.env.npm_lifecycle_event) whenOrphaned(() => controller.abort())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!controller.signal.aborted) {
        firstAt = Date.now()
        controller.abort()
      } else if (Date.now() - firstAt > echoMs) onInsist()
    })
  }
  return controller.signal
}

/** A killed npm, or the shell below it, forwards no signal: a change of parent is the stop request. */
export function whenOrphaned(stop: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, 500)
  timer.unref()
}

/** Resolves when the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
