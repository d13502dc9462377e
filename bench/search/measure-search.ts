import type { BenchDatabase } from './database.ts'
import type { QueryClass } from './queries.ts'

export interface SearchFigures {
  readonly name: string
  /** Milliseconds of wall-clock time. */
  readonly p50: number
  readonly p95: number
  /** Milliseconds of Postgres CPU time per search, independent of other load on the machine. */
  readonly cpu: number
  /** Mean number of hits. */
  readonly hits: number
}

export interface Plan {
  readonly name: string
  readonly query: string
  readonly lines: readonly string[]
}

/** Runs every query once as warm-up, then `rounds` times in sequence. */
export async function measureClass(
  { documents, cpuSeconds }: BenchDatabase,
  { name, queries }: QueryClass,
  rounds: number,
): Promise<SearchFigures> {
  for (const query of queries) await documents.search(query)
  const times: number[] = []
  let hits = 0
  const cpu = cpuSeconds()
  for (let round = 0; round < rounds; round++) {
    for (const query of queries) {
      const startedAt = performance.now()
      hits += (await documents.search(query)).hits.length
      times.push(performance.now() - startedAt)
    }
  }
  return {
    name,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    cpu: ((cpuSeconds() - cpu) * 1000) / times.length,
    hits: hits / times.length,
  }
}

/** The plans of all statements of the first query of a class. */
export async function planOf(
  { documents, database, sent }: BenchDatabase,
  { name, queries }: QueryClass,
): Promise<Plan> {
  const query = queries[0] ?? ''
  sent.length = 0
  await documents.search(query)
  const lines: string[] = []
  for (const { sql, values } of [...sent]) {
    if (lines.length > 0) lines.push('')
    const rows = await database.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, costs off, buffers off, summary on) ${sql}`,
      values,
    )
    lines.push(...rows.map((row) => row['QUERY PLAN']))
  }
  return { name, query, lines }
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
