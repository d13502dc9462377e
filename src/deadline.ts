import { AppError } from './errors.ts'

export interface Deadline {
  readonly timeoutMs: number
  /** Aborted when the caller has gone. */
  readonly signal?: AbortSignal | undefined
  /** What is done, for the message: "search did not finish within …". */
  readonly what: string
}

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
  const cancel = () => controller.abort(new AppError('cancelled', 'The call was cancelled.'))
  if (signal?.aborted) cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  const timer = setTimeout(() => {
    const message = `${what} did not finish within ${timeoutMs / 1000} s; try again, or ask for less.`
    controller.abort(new AppError('timeout', message))
  }, timeoutMs)
  try {
    return await Promise.race([rejectionOf(controller.signal), work(controller.signal)])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
