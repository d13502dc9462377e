/** Tools that ask somebody else's server, unless the answer is cached. */
const reachesOut = new Set(['search_wikipedia', 'search_all'])

/**
 * One gate for all users: whatever the chosen rate of calls, the external API is asked no more often than
 * once in `everyMs`.
 *
 * @returns the tool to call: the same, or `search` when the external API is to be left alone
 */
export function createCourtesy(everyMs: number, now: () => number = Date.now) {
  let freeAt = Number.NEGATIVE_INFINITY
  return (tool: string): string => {
    if (!reachesOut.has(tool)) return tool
    if (now() < freeAt) return 'search'
    freeAt = now() + everyMs
    return tool
  }
}
