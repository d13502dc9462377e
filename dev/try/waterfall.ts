import type { RecordedSpan } from '../launcher/otlp-json.ts'

const barWidth = 32

/** The spans of a trace as lines: each below its parent, with a bar for when it ran. */
export function waterfall(spans: readonly RecordedSpan[]): string[] {
  const ids = new Set(spans.map(({ span_id }) => span_id))
  const childrenOf = (id: string | undefined) =>
    spans
      .filter(({ parent_span_id }) => (ids.has(parent_span_id ?? '') ? parent_span_id : undefined) === id)
      .sort((a, b) => a.start_ms - b.start_ms)
  const rows: { readonly span: RecordedSpan; readonly depth: number }[] = []
  const add = (id: string | undefined, depth: number) => {
    for (const span of childrenOf(id)) {
      rows.push({ span, depth })
      add(span.span_id, depth + 1)
    }
  }
  add(undefined, 0)

  const startMs = Math.min(...spans.map(({ start_ms }) => start_ms))
  const endMs = Math.max(...spans.map(({ start_ms, duration_ms }) => start_ms + duration_ms))
  const names = rows.map(({ span, depth }) => `${'  '.repeat(depth)}${nameOf(span)}`)
  const nameWidth = Math.max(...names.map((name) => name.length))
  return rows.map(({ span }, index) => {
    const duration = `${span.duration_ms.toFixed(1)} ms`.padStart(10)
    return `${names[index]?.padEnd(nameWidth)}  ${bar(span, startMs, endMs)} ${duration}${span.failed ? '  failed' : ''}`
  })
}

/** Redis commands and queries go by the name of their system too: `mget` alone says little. */
function nameOf({ name, attributes }: RecordedSpan): string {
  const system = attributes['db.system.name'] ?? attributes['db.system']
  return system === 'redis' ? `redis ${name}` : name
}

function bar({ start_ms, duration_ms }: RecordedSpan, startMs: number, endMs: number): string {
  const scale = barWidth / Math.max(endMs - startMs, 0.001)
  const from = Math.min(barWidth - 1, Math.floor((start_ms - startMs) * scale))
  const length = Math.max(1, Math.min(barWidth - from, Math.round(duration_ms * scale)))
  return `${'·'.repeat(from)}${'█'.repeat(length)}`.padEnd(barWidth, '·')
}
