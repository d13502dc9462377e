import { reference, targets } from './candidates.ts'
import type { Run } from './result.ts'
import type { Era } from './rpc.ts'
import {
  type Interval,
  mean,
  median,
  type Paced,
  ratioInterval,
  ratiosAtSamePace,
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
      (of('idleMicrosPerSecond') / 1_000).toFixed(1),
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

/** A server beside the reference. Its cost shows the machine's speed without being part of a ratio. */
const pacemaker = 'SDK v2 on node:http'

/**
 * Ratios of the servers with a target, run beside run, and the cost of the reference; then the same ratios at one speed
 * of the machine.
 */
export function runTables(runs: readonly Run[]): string {
  const keys = runs[0]?.measured.filter(({ name }) => name in targets) ?? []
  const find = ({ measured }: Run, wanted: string, wantedEra: Era) =>
    measured.find(({ name, era }) => name === wanted && era === wantedEra)
  const costs = (row: Row | undefined) => row?.samples.map(({ cpuMicros }) => cpuMicros) ?? []
  const head = ['server', 'revision', ...runs.map((_, i) => `run ${i + 1}`), 'from their mean']
  const line = ({ name, era }: Row, ratios: readonly number[], cells: readonly string[]) => {
    const farthest = Math.max(...ratios.map((ratio) => Math.abs(ratio / mean(ratios) - 1)))
    return [name, revisions[era], ...cells, `±${(farthest * 100).toFixed(1)} %`]
  }
  const references = runs.map((run) => `${median(costs(find(run, reference, 'modern'))).toFixed(0)} µs`)
  const measured = keys.map((key) => {
    const intervals = runs.flatMap((run) => {
      const [row, base] = [find(run, key.name, key.era), find(run, reference, key.era)]
      return row && base ? [cpuRatio(row, base)] : []
    })
    return line(
      key,
      intervals.map(({ ratio }) => ratio),
      intervals.map(formatInterval),
    )
  })
  let speed = Number.NaN
  const adjusted = keys.map((key) => {
    const paced = runs.map((run) => {
      const [bases, paces] = [costs(find(run, reference, key.era)), costs(find(run, pacemaker, 'modern'))]
      return costs(find(run, key.name, key.era)).map(
        (cost, i): Paced => [paces[i] ?? Number.NaN, cost / (bases[i] ?? Number.NaN)],
      )
    })
    const { pace, ratios } = ratiosAtSamePace(paced)
    speed = pace
    return line(
      key,
      ratios,
      ratios.map((ratio) => ratio.toFixed(2)),
    )
  })
  return `${markdown([head, [reference, revisions.modern, ...references, '–'], ...measured])}

At one speed of the machine, that at which ${pacemaker} takes ${speed.toFixed(0)} µs a call:

${markdown([head, ...adjusted])}`
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
