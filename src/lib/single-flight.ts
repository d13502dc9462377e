import { callAdvice, withDeadline } from './deadline.ts'
import { ShortLivedMap } from './short-lived.ts'

type Progress = (done: number, total?: number, message?: string) => Promise<void>

/** Context of a shared computation, in place of a single caller's. */
export interface FlightContext {
  /** Aborted when the last subscriber leaves, or at the timeout. */
  readonly signal: AbortSignal
  /** Reports to every subscriber. */
  readonly progress: Progress
}

export interface Subscriber {
  readonly signal: AbortSignal
  readonly progress: Progress
}

interface Flight<First> {
  readonly result: Promise<unknown>
  readonly first: First
  readonly subscribers: Set<Subscriber>
  readonly abandoned: AbortController
}

/** Deduplicates concurrent computations by key: equal calls subscribe to the running one. */
export interface SingleFlight<Caller extends Subscriber> {
  /**
   * @param work called only if no computation with this key is running
   * @param onJoined called otherwise, with the subscriber that started it
   */
  join<T>(
    key: string,
    subscriber: Caller,
    work: (context: FlightContext) => Promise<T>,
    onJoined?: (first: Caller) => void,
  ): Promise<T>
}

/**
 * A subscriber that aborts rejects at once; the computation continues for the others and is aborted with the
 * last one. It has one caller's timeout, so a hung one cannot accumulate subscribers. Failures are not kept.
 */
export function createSingleFlight<Caller extends Subscriber>({
  timeoutMs,
  operation,
}: {
  timeoutMs: number
  operation: string
}): SingleFlight<Caller> {
  const flights = new ShortLivedMap<string, Flight<Caller>>()

  function start(
    key: string,
    first: Caller,
    work: (context: FlightContext) => Promise<unknown>,
  ): Flight<Caller> {
    const subscribers = new Set<Subscriber>()
    const abandoned = new AbortController()
    const progress: Progress = async (...step) => {
      await Promise.allSettled([...subscribers].map((subscriber) => subscriber.progress(...step)))
    }
    const deadline = { timeoutMs, operation, advice: callAdvice, signal: abandoned.signal }
    const result = withDeadline(deadline, (signal) => work({ signal, progress })).finally(() =>
      remove(key, flight),
    )
    // Every subscriber may have left before it rejects.
    result.catch(() => undefined)
    const flight = { result, first, subscribers, abandoned }
    flights.set(key, flight)
    return flight
  }

  /** A new flight may have replaced an abandoned one that is slow to stop. */
  function remove(key: string, flight: Flight<Caller>): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  return {
    async join<T>(
      key: string,
      subscriber: Caller,
      work: (context: FlightContext) => Promise<T>,
      onJoined?: (first: Caller) => void,
    ): Promise<T> {
      subscriber.signal.throwIfAborted()
      const running = flights.get(key)
      if (running) onJoined?.(running.first)
      const flight = running ?? start(key, subscriber, work)
      // A copy, because one caller may subscribe twice with the same object.
      const subscription = { ...subscriber }
      flight.subscribers.add(subscription)
      const abort = onAbort(subscriber.signal)
      try {
        return (await Promise.race([flight.result, abort.rejection])) as T
      } finally {
        abort.dispose()
        flight.subscribers.delete(subscription)
        if (flight.subscribers.size === 0) {
          remove(key, flight)
          flight.abandoned.abort()
        }
      }
    },
  }
}

function onAbort(signal: AbortSignal): { rejection: Promise<never>; dispose: () => void } {
  let abort = () => {}
  const rejection = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason)
  })
  signal.addEventListener('abort', abort, { once: true })
  return { rejection, dispose: () => signal.removeEventListener('abort', abort) }
}
