import { withDeadline } from './deadline.ts'

type Progress = (done: number, total?: number, message?: string) => Promise<void>

/** What the work of a flight is given instead of one caller's own. */
export interface FlightContext {
  /** Aborted when nobody waits any more or the time is up. */
  readonly signal: AbortSignal
  /** Tells everybody who waits. */
  readonly progress: Progress
}

export interface Subscriber {
  readonly signal: AbortSignal
  readonly progress: Progress
}

interface Flight {
  readonly answer: Promise<unknown>
  readonly waiters: Set<Subscriber>
  readonly abandoned: AbortController
}

/** Work that is going on, by key: who asks for the same meanwhile waits for it instead of starting it again. */
export interface SingleFlight {
  /** @param work starts the work, if it is not going on already */
  join<T>(key: string, waiter: Subscriber, work: (context: FlightContext) => Promise<T>): Promise<T>
}

/**
 * Nobody who waits decides for others: one who leaves is answered at once and the work goes on for the
 * rest; when the last one has left it is aborted. The work has the same time that one caller has, so that
 * work which hangs does not gather callers for ever. A failure reaches all who wait and is not kept.
 */
export function createSingleFlight({ timeoutMs, what }: { timeoutMs: number; what: string }): SingleFlight {
  const flights = new Map<string, Flight>()

  function start(key: string, work: (context: FlightContext) => Promise<unknown>): Flight {
    const waiters = new Set<Subscriber>()
    const abandoned = new AbortController()
    const progress: Progress = async (...step) => {
      await Promise.allSettled([...waiters].map((waiter) => waiter.progress(...step)))
    }
    const answer = withDeadline({ timeoutMs, what, signal: abandoned.signal }, (signal) =>
      work({ signal, progress }),
    ).finally(() => forget(key, flight))
    // All may have left before it fails.
    answer.catch(() => undefined)
    const flight = { answer, waiters, abandoned }
    flights.set(key, flight)
    return flight
  }

  /** A new flight may have taken the place of an abandoned one that takes its time to end. */
  function forget(key: string, flight: Flight): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  return {
    async join<T>(key: string, waiter: Subscriber, work: (context: FlightContext) => Promise<T>): Promise<T> {
      waiter.signal.throwIfAborted()
      const flight = flights.get(key) ?? start(key, work)
      const mine = { ...waiter }
      flight.waiters.add(mine)
      const departure = onAbort(waiter.signal)
      try {
        return (await Promise.race([flight.answer, departure.left])) as T
      } finally {
        departure.forget()
        flight.waiters.delete(mine)
        if (flight.waiters.size === 0) {
          forget(key, flight)
          flight.abandoned.abort()
        }
      }
    },
  }
}

function onAbort(signal: AbortSignal): { left: Promise<never>; forget: () => void } {
  let leave = () => {}
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason)
  })
  signal.addEventListener('abort', leave, { once: true })
  return { left, forget: () => signal.removeEventListener('abort', leave) }
}
