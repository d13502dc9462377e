import { reference } from './candidates.ts'
import type { Result } from './result.ts'
import type { Spread } from './statistics.ts'

/** A Markdown table of a run, with ratios to the reference of the same era. */
export function table({ measured }: Pick<Result, 'measured'>): string {
  const rows = measured.map((row) => {
    const base = measured.find(({ name, era }) => name === reference && era === row.era)
    const ratioOf = (measure: 'median' | 'min') =>
      base ? (row.cpuMicros[measure] / base.cpuMicros[measure]).toFixed(2) : '–'
    return [
      row.name,
      row.era === 'modern' ? '2026-07-28' : '2025-11-25',
      withRange(row.cpuMicros, 0),
      ratioOf('median'),
      ratioOf('min'),
      row.requestsPerSecond.median.toFixed(0),
      row.p50Ms.median.toFixed(1),
      row.p99Ms.median.toFixed(1),
      row.rssMiB.toFixed(0),
      row.allocatedKiB.toFixed(1),
    ]
  })
  const head = [
    'server',
    'era',
    'CPU µs a call',
    'ratio',
    'of minima',
    'calls/s',
    'p50 ms',
    'p99 ms',
    'RSS MiB',
    'KiB a call',
  ]
  return markdown([head, ...rows])
}

const withRange = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`

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
