import type { ServerResponse } from 'node:http'
import type { Refusal } from '../../http/reject.ts'
import type { Admission } from './admission.ts'

export interface LoadSheddingOptions {
  /** Calls that are worked on at the same time; each message of a batch is one. */
  readonly maxCalls: number
  /** `subscriptions/listen` streams that are open at the same time. */
  readonly maxStreams: number
}

/**
 * Turns away what would be more at once than the process can serve, at once and with the advice to come
 * back: those already let in still finish in time.
 */
export function createLoadShedding({ maxCalls, maxStreams }: LoadSheddingOptions): Admission {
  const calls = createSlots(maxCalls)
  const streams = createSlots(maxStreams)

  return ({ res, body }) => {
    if (body.isListen) return streams.take(res, 1) ? undefined : overloaded('streams are open', 30)
    // A batch of more than all there are waits until it is alone, or it would never be let in.
    const wanted = Math.min(Math.max(1, body.messages.length), maxCalls)
    return calls.take(res, wanted) ? undefined : overloaded('calls are being worked on', 1)
  }
}

/** Slots that belong to a response until it ends, whether it was sent or its client has gone. */
function createSlots(total: number) {
  let taken = 0
  return {
    take(res: ServerResponse, wanted: number): boolean {
      // Of one that has ended already no end would be heard.
      if (res.destroyed) return true
      if (taken + wanted > total) return false
      taken += wanted
      res.once('close', () => {
        taken -= wanted
      })
      return true
    },
  }
}

const overloaded = (what: string, retryAfterSeconds: number): Refusal => ({
  reason: 'overloaded',
  httpStatus: 503,
  message: `The server is busy: as many ${what} as it can bear. Try again in ${retryAfterSeconds} s.`,
  headers: { 'retry-after': String(retryAfterSeconds) },
})
