/** Series of the Prometheus text format by name and labels, as they are written there. */
export type Series = ReadonlyMap<string, number>

export interface Change {
  readonly series: string
  readonly before: number
  readonly after: number
}

/** Reads `name{labels} value` lines; comments, exemplars and what is no number are skipped. */
export function parseMetrics(text: string): Series {
  const series = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-zA-Z_:][\w:]*(?:\{.*?\})?) ([-+\d.eE]+)/.exec(line) ?? []
    if (name !== undefined) series.set(name, Number(value))
  }
  return series
}

/** What of a tool's series has changed. Buckets are left out: there are many, and `_count` says what they say. */
export function changesOf(tool: string, before: Series, after: Series): Change[] {
  return [...after]
    .filter(([series]) => series.includes(`="${tool}"`) && !/_(bucket|created)\{/.test(series))
    .map(([series, value]) => ({ series, before: before.get(series) ?? 0, after: value }))
    .filter(({ before, after }) => before !== after)
    .sort((a, b) => (a.series < b.series ? -1 : 1))
}

/** Whether the call that was made between the two has been counted. */
export const isCounted = (changes: readonly Change[]): boolean =>
  changes.some(({ series }) => series.startsWith('mcp_tool_calls_total{'))
