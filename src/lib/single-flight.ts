import { withDeadline } from './deadline.ts'

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

interface Flight {
  readonly result: Promise<unknown>
  readonly subscribers: Set<Subscriber>
  readonly abandoned: AbortController
}

/** Deduplicates concurrent computations by key: equal calls subscribe to the running one. */
export interface SingleFlight {
  /** @param work called only if no computation with this key is running */
  join<T>(key: string, subscriber: Subscriber, work: (context: FlightContext) => Promise<T>): Promise<T>
}

/**
 * A subscriber that aborts rejects at once; the computation continues for the others and is aborted with the
 * last one. It has one caller's timeout, so a hung one cannot accumulate subscribers. Failures are not kept.
 */
export function createSingleFlight({
  timeoutMs,
  operation,
}: {
  timeoutMs: number
  operation: string
}): SingleFlight {
  const flights = new Map<string, Flight>()

  function start(key: string, work: (context: FlightContext) => Promise<unknown>): Flight {
    const subscribers = new Set<Subscriber>()
    const abandoned = new AbortController()
    const progress: Progress = async (...step) => {
      await Promise.allSettled([...subscribers].map((subscriber) => subscriber.progress(...step)))
    }
    const result = withDeadline({ timeoutMs, operation, signal: abandoned.signal }, (signal) =>
      work({ signal, progress }),
    ).finally(() => remove(key, flight))
    // Every subscriber may have left before it rejects.
    result.catch(() => undefined)
    const flight = { result, subscribers, abandoned }
    flights.set(key, flight)
    return flight
  }

  /** A new flight may have replaced an abandoned one that is slow to stop. */
  function remove(key: string, flight: Flight): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  return {
    async join<T>(
      key: string,
      subscriber: Subscriber,
      work: (context: FlightContext) => Promise<T>,
    ): Promise<T> {
      subscriber.signal.throwIfAborted()
      const flight = flights.get(key) ?? start(key, work)
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
