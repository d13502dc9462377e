import type { ServerResponse } from 'node:http'
import type { HttpRejection } from '../../http/reject.ts'
import type { Admission } from './admission.ts'

export interface LoadSheddingOptions {
  /** Concurrent calls; each message of a batch counts as one. */
  readonly maxCalls: number
  /** Open `subscriptions/listen` streams. */
  readonly maxStreams: number
}

/**
 * Load shedding: rejects requests beyond the concurrency limits at once, so that admitted calls finish in time.
 */
export function createLoadShedding({ maxCalls, maxStreams }: LoadSheddingOptions): Admission {
  const calls = createSlots(maxCalls)
  const streams = createSlots(maxStreams)

  return ({ res, body }) => {
    if (body.isListen) return streams.take(res, 1) ? undefined : overloaded('stream', 30)
    // Capped, because a batch larger than the limit could never be admitted.
    const slots = Math.min(Math.max(1, body.messages.length), maxCalls)
    return calls.take(res, slots) ? undefined : overloaded('call', 1)
  }
}

/** Slots, each released when its response is sent or its client disconnects. */
function createSlots(total: number) {
  let taken = 0
  return {
    take(res: ServerResponse, slots: number): boolean {
      // A destroyed response emits no further 'close', so its slots would never be released.
      if (res.destroyed) return true
      if (taken + slots > total) return false
      taken += slots
      res.once('close', () => {
        taken -= slots
      })
      return true
    },
  }
}

const overloaded = (kind: 'call' | 'stream', retryAfterSeconds: number): HttpRejection => ({
  reason: 'overloaded',
  httpStatus: 503,
  message: `Server overloaded: concurrent ${kind} limit reached. Retry after ${retryAfterSeconds} s.`,
  headers: { 'retry-after': String(retryAfterSeconds) },
})
