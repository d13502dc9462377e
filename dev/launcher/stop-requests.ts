/** One Ctrl-C arrives several times: from the terminal, and again from npm, which passes it on. */
const echoMs = 1_000

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Catches the signals that ask this process to end.
 *
 * @param onInsist called when the user asks again, a second or more after the first time
 * @returns a signal that is aborted by the first request
 */
export function stopRequests(onInsist: () => void): AbortSignal {
  const controller = new AbortController()
  let firstAt = 0
  // Started by hand, it may be left behind on purpose.
  if (process.env.npm_lifecycle_event) whenOrphaned(() => controller.abort())
  for (const signal of signals) {
    process.on(signal, () => {
      if (!controller.signal.aborted) {
        firstAt = Date.now()
        controller.abort()
      } else if (Date.now() - firstAt > echoMs) {
        onInsist()
      }
    })
  }
  return controller.signal
}

/**
 * npm that is killed, or the shell between npm and us that takes npm's SIGTERM for itself, passes nothing
 * on: then the change of parent is the request.
 */
export function whenOrphaned(stop: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, 500)
  timer.unref()
}

/** Resolves when the signal is aborted, at once when it already is. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
