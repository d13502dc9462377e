import { z } from 'zod'
import { ShortLivedMap } from '../lib/short-lived.ts'
import type { Broadcast } from '../redis/broadcast.ts'
import type { Message } from './message.ts'

/** Identifies a session of one caller. */
export interface Session {
  /** Key of the caller; session ids of other callers have no effect. */
  readonly owner: string
  readonly id: string
}

/**
 * Cancellation of the 2025 revisions by `notifications/cancelled`, which is a request of its own and may reach another
 * replica. Without Redis it works within one replica.
 */
export interface Cancellations {
  /** Registers a call until the returned function is called. */
  track(session: Session, id: string | number, abort: () => void): () => void
  /** Aborts the call that a `notifications/cancelled` names, at every replica. */
  cancel(session: Session, notification: Message): void
}

const Announcement = z.object({ key: z.string() })

export function createCancellations(broadcast: Broadcast): Cancellations {
  const running = new ShortLivedMap<string, () => void>()
  broadcast.onMessage((message) => running.get(Announcement.parse(message).key)?.())

  return {
    track(session, id, abort) {
      const key = keyOf(session, id)
      running.set(key, abort)
      return () => {
        if (running.get(key) === abort) running.delete(key)
      }
    },
    cancel(session, { params: { requestId } }) {
      if (typeof requestId !== 'string' && typeof requestId !== 'number') return
      const key = keyOf(session, requestId)
      const abort = running.get(key)
      if (abort) abort()
      else broadcast.send({ key })
    },
  }
}

const keyOf = ({ owner, id }: Session, requestId: string | number): string =>
  JSON.stringify([owner, id, requestId])
