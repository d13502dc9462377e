import type { IngestResult } from './ingest.ts'
import type { LeftOut } from './left-out.ts'
import { describeProblem } from './problem.ts'

/** The console report of a load: findings for standard error, the summary for standard output. */
export function reportIngest({ counts, bad, warnings, leftOut }: IngestResult): {
  readonly findings: readonly string[]
  readonly summary: readonly string[]
} {
  const invalid = {
    reason: 'invalid files',
    count: bad.length,
    examples: bad.slice(0, 3).map(({ path }) => path),
  }
  const all = bad.length > 0 ? [invalid, ...leftOut] : leftOut
  const { inserted, updated, unchanged } = counts
  return {
    findings: [
      ...warnings.map((problem) => `warning: ${describeProblem(problem)}`),
      ...bad.map((problem) => `skipped: ${describeProblem(problem)}`),
    ],
    summary: [
      `${inserted} added, ${updated} updated, ${unchanged} unchanged`,
      ...(all.length > 0 ? [describeLeftOut(all)] : []),
    ],
  }
}

const describeLeftOut = (all: readonly LeftOut[]): string =>
  `Left out: ${all
    .map(({ reason, count, examples }) => {
      const names = [...examples, ...(count > examples.length ? ['…'] : [])].join(', ')
      return describeProblem({ path: reason, reason: `${count} (${names})` })
    })
    .join('; ')}`
