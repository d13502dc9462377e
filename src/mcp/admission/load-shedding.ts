import type { Admission, AdmissionRejection, Arrival } from './admission.ts'

/** A limit for all callers together, and for each of them. */
export interface Slots {
  readonly total: number
  readonly perCaller: number
}

export interface LoadSheddingOptions {
  /** Concurrent calls; each message of a batch counts as one. */
  readonly calls: Slots
  /** Open `subscriptions/listen` streams. */
  readonly streams: Slots
}

/**
 * Load shedding: rejects requests beyond the concurrency limits at once, so that admitted calls finish in time and no
 * caller takes the slots of the others.
 */
export function createLoadShedding({ calls, streams }: LoadSheddingOptions): Admission {
  const takeCalls = createSlots(calls, 'call', 1)
  const takeStreams = createSlots(streams, 'stream', 30)
  return (arrival) => {
    const { isListen, messages, single } = arrival.body
    if (isListen) return takeStreams(arrival, 1)
    // No work follows a notification, and a cancellation frees a slot.
    if (single?.id === undefined && single?.method.startsWith('notifications/')) return undefined
    return takeCalls(arrival, Math.max(1, messages.length))
  }
}

/** Slots, each released at the end of the work, whether or not the client has read the response. */
function createSlots({ total, perCaller }: Slots, kind: 'call' | 'stream', retryAfterSeconds: number) {
  let taken = 0
  const takenBy = new Map<string, number>()
  const most = Math.min(total, perCaller)

  return ({ res, owner, onFinish }: Arrival, wanted: number): AdmissionRejection | undefined => {
    if (res.destroyed) return undefined
    // Capped, because a batch larger than the limit could never be admitted.
    const slots = Math.min(wanted, most)
    const own = takenBy.get(owner) ?? 0
    if (taken + slots > total) return overloaded(`concurrent ${kind} limit`, retryAfterSeconds)
    if (own + slots > most) return overloaded(`concurrent ${kind} limit of a caller`, retryAfterSeconds)
    taken += slots
    takenBy.set(owner, own + slots)
    onFinish(() => {
      taken -= slots
      const left = (takenBy.get(owner) ?? 0) - slots
      if (left > 0) takenBy.set(owner, left)
      else takenBy.delete(owner)
    })
    return undefined
  }
}

export const overloaded = (limit: string, retryAfterSeconds: number): AdmissionRejection => ({
  reason: 'overloaded',
  httpStatus: 503,
  message: `Server overloaded: ${limit} reached. Retry after ${retryAfterSeconds} s.`,
  headers: { 'retry-after': String(retryAfterSeconds) },
  failsCall: true,
})
