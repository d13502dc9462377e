import { setImmediate as nextTurn } from 'node:timers/promises'

/** Results below it take about a millisecond to serialize. */
const largeCharacters = 32 * 1024

/** Event-loop turns between two large results, for other requests: Node accepts one connection per turn. */
const turnsBetween = 16
/** Busy turns are long, and large results are to be served too. */
const maxMsBetween = 10

/** Returns undefined for small results; for large ones, resolves in an event-loop turn of their own. */
export type Turns = (result: unknown) => Promise<unknown> | undefined

/**
 * Lets large results be serialized one at a time, with turns of the event loop in between. Results of a shared
 * computation become ready all at once and would otherwise be serialized in one piece, during which no other request
 * is served.
 */
export function createTurns(): Turns {
  let latest: Promise<unknown> = Promise.resolve()
  return (result) => {
    if (unused(result, largeCharacters) > 0) return undefined
    latest = latest.then(serveOthers)
    return latest
  }
}

async function serveOthers(): Promise<void> {
  // The first turn serializes the previous result.
  await nextTurn()
  const untilMs = performance.now() + maxMsBetween
  for (let turn = 1; turn < turnsBetween && performance.now() < untilMs; turn++) await nextTurn()
}

/** `characters` minus the size of `value`; stops reading the value when none are left. */
function unused(value: unknown, characters: number): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return characters - value.length
  if (typeof value !== 'object' || value === null) return characters - 1
  let left = characters
  for (const key in value) {
    if (left <= 0) break
    left = unused(value[key as keyof typeof value], left - key.length)
  }
  return left
}
