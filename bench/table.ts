import { reference, targets } from './candidates.ts'
import type { Run } from './result.ts'
import type { Era } from './rpc.ts'
import {
  adjustedRatios,
  type Interval,
  mean,
  median,
  type Observation,
  ratioInterval,
  spread,
  verdict,
} from './statistics.ts'

type Row = Run['measured'][number]

export const revisions: Readonly<Record<Era, string>> = { modern: '2026-07-28', legacy: '2025-11-25' }

export interface Comparison {
  readonly base: string
  /** For rows without a target. */
  readonly limit: number
}

/** Ratio of the CPU time to a row that ran in the same blocks. */
export const cpuRatio = (row: Row, base: Row): Interval =>
  ratioInterval(row.samples.map(({ cpuMicros }, i) => [cpuMicros, base.samples[i]?.cpuMicros ?? Number.NaN]))

export const formatInterval = ({ ratio, low, high }: Interval): string =>
  `${ratio.toFixed(2)} [${low.toFixed(2)}, ${Number.isFinite(high) ? high.toFixed(2) : '∞'}]`

export const titleOf = ({ date, build, description }: Omit<Run, 'measured'>): string =>
  `${date}; build ${build}; ${description}`

/** A Markdown table of a run, with ratios to the reference of the same revision. */
export function table(
  { measured }: Pick<Run, 'measured'>,
  major: string,
  { base: baseName, limit }: Comparison = { base: reference, limit: 1 },
): string {
  const rows = measured.map((row) => {
    const base = measured.find(({ name, era }) => name === baseName && era === row.era)
    const ratio = base && base !== row ? cpuRatio(row, base) : undefined
    const target = (baseName === reference && targets[row.name]?.[major]) || limit
    const of = (
      column: 'requestsPerSecond' | 'p50Ms' | 'p99Ms' | 'rssMiB' | 'allocatedKiB' | 'idleMicrosPerSecond',
    ) => median(row.samples.map((sample) => sample[column]))
    const idle = of('idleMicrosPerSecond')
    const { median: cpu, min, max } = spread(row.samples.map(({ cpuMicros }) => cpuMicros))
    return [
      row.name,
      revisions[row.era],
      `${cpu.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`,
      ratio ? formatInterval(ratio) : '–',
      ratio ? `${verdict(ratio, target)} (${target})` : '–',
      of('requestsPerSecond').toFixed(0),
      of('p50Ms').toFixed(1),
      of('p99Ms').toFixed(1),
      of('rssMiB').toFixed(0),
      of('allocatedKiB').toFixed(1),
      idle > 0 ? (idle / 1_000).toFixed(1) : '–',
    ]
  })
  const head = [
    'server',
    'revision',
    'CPU µs a call',
    'ratio [95 %]',
    'verdict (limit)',
    'calls/s',
    'p50 ms',
    'p99 ms',
    'RSS MiB',
    'KiB a call',
    'idle, ms/s',
  ]
  return markdown([head, ...rows])
}

/** Its cost shows the machine's speed and is not part of a ratio. */
const covariateServer = 'SDK v2 on node:http'

/** @throws Error if a run lacks the row */
function costsOf({ measured }: Run, wanted: string, wantedEra: Era): number[] {
  const row = measured.find(({ name, era }) => name === wanted && era === wantedEra)
  if (!row) throw new Error(`a stored run lacks ${wanted}, ${revisions[wantedEra]}`)
  return row.samples.map(({ cpuMicros }) => cpuMicros)
}

/**
 * Ratios of the servers with a target, side by side: as measured, with the cost of the reference, and adjusted to one
 * speed of the machine.
 * @throws Error if a run lacks a row
 */
export function runTables(runs: readonly Run[]): string {
  const keys = runs[0]?.measured.filter(({ name }) => name in targets) ?? []
  const head = [
    'server',
    'revision',
    ...runs.map(({ date, build }) => `${date}, ${build}`),
    'from their mean',
  ]
  const line = ({ name, era }: Row, intervals: readonly Interval[]) => {
    const ratios = intervals.map(({ ratio }) => ratio)
    const farthest = Math.max(...ratios.map((ratio) => Math.abs(ratio / mean(ratios) - 1)))
    return [name, revisions[era], ...intervals.map(formatInterval), `±${(farthest * 100).toFixed(1)} %`]
  }
  const observationsOf = (key: Row, run: Run) => {
    const speeds = costsOf(run, covariateServer, 'modern')
    const costs = costsOf(run, key.name, key.era)
    const bases = costsOf(run, reference, key.era)
    return speeds.map((speed, i): Observation => [speed, (costs[i] ?? Number.NaN) / (bases[i] ?? Number.NaN)])
  }
  const observed = keys.map((key) => runs.map((run) => observationsOf(key, run)))
  const measured = observed.map((of) =>
    of.map((run) => ratioInterval(run.map(([, ratio]): [number, number] => [ratio, 1]))),
  )
  const adjusted = observed.map(adjustedRatios)
  const references = runs.map((run) => `${median(costsOf(run, reference, 'modern')).toFixed(0)} µs`)
  const lines = (intervals: readonly (readonly Interval[])[]) =>
    keys.map((key, i) => line(key, intervals[i] ?? []))
  return `As measured:

${markdown([head, [reference, revisions.modern, ...references, '–'], ...lines(measured)])}

Adjusted to one speed of the machine, at which ${covariateServer} takes ${adjusted[0]?.covariate.toFixed(0)} µs a call:

${markdown([head, ...lines(adjusted.map(({ ratios }) => ratios))])}`
}

/** A Markdown table with aligned columns. */
export function markdown(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}
