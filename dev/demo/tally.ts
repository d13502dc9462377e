import type { Era } from './visitors.ts'

/** What became of one request: `ok`, a code of the server's error table, `rpc -32602` and the like. */
export interface Outcome {
  readonly what: string
  readonly era: Era
  readonly result: string
  readonly durationMs: number
}

export interface Tally {
  add(outcome: Outcome): void
  /** One line about everything since the last one. */
  summary(): string
  /** One line about everything. */
  total(): string
}

/** Keeps single requests only until the next summary: the program runs for as long as nobody stops it. */
export function createTally(): Tally {
  const totals = {
    requests: 0,
    errors: 0,
    eras: new Map<string, number>(),
    results: new Map<string, number>(),
  }
  let recent: Outcome[] = []
  return {
    add(outcome) {
      recent.push(outcome)
      totals.requests++
      if (outcome.result !== 'ok') totals.errors++
      increment(totals.eras, outcome.era)
      increment(totals.results, outcome.result)
    },
    summary() {
      const line = describe(recent)
      recent = []
      return line
    },
    total: () =>
      `${totals.requests} requests (${list(totals.eras)}); ${percent(totals.errors, totals.requests)} errors; ${list(totals.results)}`,
  }
}

function describe(outcomes: readonly Outcome[]): string {
  const [first] = outcomes
  if (first === undefined) return 'no requests'
  const failed = outcomes.filter(({ result }) => result !== 'ok')
  const times = outcomes.map(({ durationMs }) => durationMs).sort((a, b) => a - b)
  const at = (share: number) => Math.round(times[Math.floor((times.length - 1) * share)] ?? 0)
  const slowest = outcomes.reduce((a, b) => (b.durationMs > a.durationMs ? b : a), first)
  const errors = percent(failed.length, outcomes.length)
  return [
    `${outcomes.length} requests (${list(countBy(outcomes, ({ era }) => era))})`,
    failed.length === 0
      ? `${errors} errors`
      : `${errors} errors (${list(countBy(failed, ({ result }) => result))})`,
    `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, slowest ${slowest.what} ${Math.round(slowest.durationMs)} ms`,
  ].join('; ')
}

function countBy(outcomes: readonly Outcome[], key: (outcome: Outcome) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const outcome of outcomes) increment(counts, key(outcome))
  return counts
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`

const list = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
