/** Values by series, in the notation of the Prometheus text format. */
export type Series = ReadonlyMap<string, number>

export interface Change {
  readonly series: string
  readonly before: number
  readonly after: number
}

/** Reads `name{labels} value` lines; skips comments, exemplars and NaN. */
export function parseMetrics(text: string): Series {
  const series = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-zA-Z_:][\w:]*(?:\{.*?\})?) ([-+\d.eE]+)/.exec(line) ?? []
    if (name !== undefined) series.set(name, Number(value))
  }
  return series
}

/** The changed series of a tool, without histogram buckets: `_count` says as much. */
export function changesOf(tool: string, before: Series, after: Series): Change[] {
  return [...after]
    .filter(([series]) => series.includes(`="${tool}"`) && !/_(bucket|created)\{/.test(series))
    .map(([series, value]) => ({ series, before: before.get(series) ?? 0, after: value }))
    .filter(({ before, after }) => before !== after)
    .sort((a, b) => (a.series < b.series ? -1 : 1))
}

/** The number of calls that were counted in between. */
export const countedCalls = (changes: readonly Change[]): number =>
  changes
    .filter(({ series }) => series.startsWith('mcp_tool_calls_total{'))
    .reduce((sum, { before, after }) => sum + after - before, 0)
