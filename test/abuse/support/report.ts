/** What was measured during one attack. */
export interface Row {
  readonly attack: string
  readonly mode: string
  /** Of the victim, in milliseconds: p50 / p99. */
  readonly pingBefore: string
  readonly pingDuring: string
  readonly fetchBefore: string
  readonly fetchDuring: string
  /** Of /livez and /readyz. */
  readonly probes: string
  readonly peakMemoryMiB: number
  readonly responses: string
  readonly refusedBy: string
}

const columns: readonly [title: string, cell: (row: Row) => string][] = [
  ['attack', ({ attack }) => attack],
  ['mode', ({ mode }) => mode],
  ['`ping`, ms', ({ pingBefore, pingDuring }) => `${pingBefore} → ${pingDuring}`],
  ['`fetch`, ms', ({ fetchBefore, fetchDuring }) => `${fetchBefore} → ${fetchDuring}`],
  ['probes', ({ probes }) => probes],
  ['peak, MiB', ({ peakMemoryMiB }) => peakMemoryMiB.toFixed(0)],
  ['responses to the attacker', ({ responses }) => responses],
  ['refused by', ({ refusedBy }) => refusedBy],
]

/** Prints the table of `docs/guides/hostile-input.md`. */
export function printTable(rows: readonly Row[]): void {
  const lines = rows.map((row) => columns.map(([, cell]) => cell(row)))
  const rule = columns.map(() => '---')
  for (const cells of [columns.map(([title]) => title), rule, ...lines])
    console.log(`| ${cells.join(' | ')} |`)
}
