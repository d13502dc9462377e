/** Counts results: `ok`, a code of the server's error table, `rpc -32602`, `http 429` and the like. */
export function createTally() {
  const counts = new Map<string, number>()
  return {
    add: (result: string): void => void counts.set(result, (counts.get(result) ?? 0) + 1),
    /** The results since the last summary, the most frequent first: `117 ok, 3 not_found`. */
    summary(): string {
      const sorted = [...counts].sort(([, a], [, b]) => b - a)
      counts.clear()
      return sorted.map(([result, count]) => `${count} ${result}`).join(', ') || 'no requests'
    },
  }
}
