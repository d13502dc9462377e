import { ShortLivedSet } from '../lib/short-lived.ts'

export interface Taking {
  /** The caller that the connection works for. */
  readonly owner: string
  /** May also use the reserved connections. */
  readonly reserved: boolean
}

/** Releases a taken share of the connections. */
export type Release = () => void

/** Shares of a pool's connections, so that no caller holds all of them. */
export interface Shares {
  /** Connections in use, without reserved takings. */
  readonly used: number
  readonly waiting: number
  /** @returns undefined if the owner may not use one more connection now */
  take(taking: Taking): Release | undefined
  /** Resolves when the owner may use one more connection; aborting the signal ends the wait. */
  wait(taking: Taking, signal: AbortSignal): Promise<Release>
}

interface Waiter {
  readonly taking: Taking
  readonly admit: () => void
}

/**
 * Dynamic thresholds, as switches share their buffers: an owner may take another connection while it has fewer than
 * twice the free ones. Of ten, a single owner gets seven, the next one two, and a third finds one free.
 */
export function createShares(connections: number, reserve: number): Shares {
  const takenBy = new Map<string, number>()
  const waiting = new ShortLivedSet<Waiter>()
  let free = connections + reserve
  let used = 0

  const mayTake = ({ owner, reserved }: Taking): boolean =>
    reserved ? free > 0 : (takenBy.get(owner) ?? 0) < 2 * (free - reserve)

  /** Reserved takings count for no owner. */
  function change({ owner, reserved }: Taking, by: 1 | -1): void {
    free -= by
    if (reserved) return
    used += by
    const taken = (takenBy.get(owner) ?? 0) + by
    if (taken > 0) takenBy.set(owner, taken)
    else takenBy.delete(owner)
  }

  function grant(taking: Taking): Release {
    change(taking, 1)
    return () => {
      change(taking, -1)
      // In order of arrival; the other waiters stay ineligible until the next change.
      for (const waiter of waiting) if (mayTake(waiter.taking)) waiter.admit()
    }
  }

  return {
    get used() {
      return used
    },
    get waiting() {
      return waiting.size
    },
    take: (taking) => (mayTake(taking) ? grant(taking) : undefined),
    wait: (taking, signal) =>
      new Promise((resolve, reject) => {
        const leave = waiting.add({
          taking,
          admit() {
            leave()
            resolve(grant(taking))
          },
        })
        signal.addEventListener('abort', () => {
          if (leave()) reject(signal.reason)
        })
      }),
  }
}
