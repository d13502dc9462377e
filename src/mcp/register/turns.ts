import { setImmediate as nextTurn } from 'node:timers/promises'

/** Results below it take about a millisecond to serialize. */
const largeBytes = 32 * 1024

/** Resolves at once for small results, for large ones in a turn of the event loop of their own. */
export type Turns = (bytes: number) => Promise<unknown> | undefined

/**
 * Lets large results be serialized one per turn of the event loop. Results of a shared computation become ready all at
 * once and would otherwise be serialized in one piece, during which no other request is served.
 */
export function createTurns(): Turns {
  let latest: Promise<unknown> = Promise.resolve()
  return (bytes) => {
    if (bytes < largeBytes) return undefined
    latest = latest.then(() => nextTurn())
    return latest
  }
}
