import type { Era } from './client.ts'

/** The outcome of one request. */
export interface Outcome {
  readonly era: Era
  /** `ok`, a code of the server's error table, `rpc -32602`, `http 429` and the like. */
  readonly result: string
  readonly durationMs: number
}

/** Counts outcomes, and summarizes them in one line. */
export function createTally() {
  const counts = { era: new Map<string, number>(), result: new Map<string, number>() }
  let durationsMs: number[] = []
  return {
    add({ era, result, durationMs }: Outcome): void {
      counts.era.set(era, (counts.era.get(era) ?? 0) + 1)
      counts.result.set(result, (counts.result.get(result) ?? 0) + 1)
      durationsMs.push(durationMs)
    },
    /** The outcomes since the last summary. */
    summary(): string {
      const sorted = durationsMs.sort((a, b) => a - b)
      const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
      const requests = durationsMs.length
      const errors = (100 * (requests - (counts.result.get('ok') ?? 0))) / Math.max(requests, 1)
      const line = `${requests} requests (${list(counts.era)}); ${errors.toFixed(1)} % errors; ${list(counts.result)}; p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`
      durationsMs = []
      for (const each of Object.values(counts)) each.clear()
      return line
    },
  }
}

const list = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
