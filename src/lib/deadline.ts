import { AppError } from '../errors.ts'

export interface Deadline {
  readonly timeoutMs: number
  /** Aborted when the caller has gone. */
  readonly signal?: AbortSignal | undefined
  /** What is done, for the message: "search did not finish within …". */
  readonly what: string
}

const lateMs = 100
const graceMs = 50

/**
 * Settles when the time is up or the caller has gone, whether the work listens to its signal or not. Work
 * that does listen also stops.
 * @throws AppError `timeout` or `cancelled`, or what the work throws
 */
export async function withDeadline<T>(
  { timeoutMs, signal, what }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  // Every call passes here, and a listener on an AbortSignal is dear: one is enough.
  let stop: (error: AppError) => void = () => undefined
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = (error) => {
      reject(error)
      controller.abort(error)
    }
  })
  const cancel = () => stop(new AppError('cancelled', 'The call was cancelled.'))
  if (signal?.aborted) cancel()
  else signal?.addEventListener('abort', cancel, { once: true })
  const dueAtMs = performance.now() + timeoutMs
  const expire = (hasGrace: boolean) => {
    // A late timer means that the event loop was blocked: read what arrived meanwhile before giving up.
    if (hasGrace && performance.now() - dueAtMs > lateMs) {
      timer = setTimeout(expire, graceMs, false)
      return
    }
    stop(
      new AppError(
        'timeout',
        `${what} did not finish within ${timeoutMs / 1000} s; try again, or ask for less.`,
      ),
    )
  }
  let timer = setTimeout(expire, timeoutMs, true)
  try {
    return await Promise.race([stopped, work(controller.signal)])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
}
