import type { RequestMethod } from '@modelcontextprotocol/client'
import { pick } from './random.ts'

export interface Request {
  readonly method: RequestMethod
  readonly params?: Record<string, unknown>
}

/** A kind of request that simulated users send. */
export interface Activity {
  /** Relative frequency. */
  readonly weight: number
  /** `mistake`: a client error. `external`: reaches a third-party API. */
  readonly kind?: 'mistake' | 'external'
  /** Number of concurrent requests, one by default. */
  readonly atOnce?: number
  /** @param found ids in the latest search result */
  request(found: readonly string[]): Request
}

/** Chooses activities by weight; external ones at most once in `externalEveryMs` for all users together. */
export function createChooser(activities: readonly Activity[], externalEveryMs: number, now = Date.now) {
  const internal = activities.filter(({ kind }) => kind !== 'external')
  let externalAt = Number.NEGATIVE_INFINITY
  return (): Activity => {
    const allowed = now() < externalAt ? internal : activities
    let left = Math.random() * allowed.reduce((sum, { weight }) => sum + weight, 0)
    const isChosen = ({ weight }: Activity) => {
      left -= weight
      return left < 0
    }
    const chosen = allowed.find(isChosen) ?? pick(allowed)
    if (chosen.kind === 'external') externalAt = now() + externalEveryMs
    return chosen
  }
}
