import type { RequestMethod } from '@modelcontextprotocol/client'
import type { Random } from './random.ts'

export interface Request {
  readonly method: RequestMethod
  readonly params?: Record<string, unknown>
}

/** Something that simulated users do. */
export interface Activity {
  /** Relative frequency. */
  readonly weight: number
  /** `mistake`: of the caller. `external`: makes the server call an API that others operate. */
  readonly kind?: 'mistake' | 'external'
  /** How many requests are sent at the same time, if more than one. */
  readonly atOnce?: number
  /** @param found ids in the last result that had some */
  request(random: Random, found: readonly string[]): Request
}

/**
 * Chooses activities by weight, but an external one at most once in `externalEveryMs` for all users together,
 * whatever the rate of calls.
 */
export function createChooser(activities: readonly Activity[], externalEveryMs: number, now = Date.now) {
  const internal = activities.filter(({ kind }) => kind !== 'external')
  let externalAt = Number.NEGATIVE_INFINITY
  return (random: Random): Activity => {
    const allowed = now() < externalAt ? internal : activities
    let left = random.next() * allowed.reduce((sum, { weight }) => sum + weight, 0)
    const chosen =
      allowed.find(({ weight }) => {
        left -= weight
        return left < 0
      }) ?? random.pick(allowed)
    if (chosen.kind === 'external') externalAt = now() + externalEveryMs
    return chosen
  }
}
