import { AppError } from '../errors.ts'

export interface Deadline {
  readonly timeoutMs: number
  /** Aborted when the caller disconnects or cancels. */
  readonly signal?: AbortSignal | undefined
  /** Name for the error message: "search did not finish within …". */
  readonly operation: string
  /** Ends the error message: what its reader can do. */
  readonly advice?: string
  /** Maximum extension after a blocked event loop; the default is enough to read data that has arrived. */
  readonly graceMs?: number
}

/** Advice to callers whose call timed out. */
export const callAdvice = ' Try again, or ask for less.'
/** A timer that fires later than this shows that the event loop was blocked. */
const lateMs = 100
const defaultGraceMs = 50

/**
 * Settles at the deadline or on cancellation, even if the work ignores its signal.
 * @throws AppError `timeout` or `cancelled`, or the error of the work
 */
export async function withDeadline<T>(
  { timeoutMs, signal, operation, advice = '', graceMs = defaultGraceMs }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  // AbortSignal listeners are expensive and every call passes here: register one.
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
    // A late timer means that the event loop was blocked: let pending I/O complete before giving up.
    const overdueMs = performance.now() - dueAtMs
    if (hasGrace && overdueMs > lateMs) {
      timer = setTimeout(expire, Math.min(graceMs, overdueMs), false)
      return
    }
    stop(new AppError('timeout', `${operation} did not finish within ${timeoutMs / 1000} s.${advice}`))
  }
  let timer = setTimeout(expire, timeoutMs, true)
  try {
    return await Promise.race([stopped, work(controller.signal)])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
}
