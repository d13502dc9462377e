import type { RecordedSpan } from '../launcher/otlp-json.ts'

const barWidth = 32

/** The spans of a trace as lines: each below its parent, with a bar for its time. */
export function waterfall(spans: readonly RecordedSpan[]): string[] {
  const ids = new Set(spans.map(({ span_id }) => span_id))
  const rows: { readonly span: RecordedSpan; readonly name: string }[] = []
  const addChildren = (id: string | undefined, indent: string) => {
    const children = spans.filter(
      ({ parent_span_id }) => (ids.has(parent_span_id ?? '') ? parent_span_id : undefined) === id,
    )
    for (const span of children.sort((a, b) => a.start_ms - b.start_ms)) {
      rows.push({ span, name: indent + nameOf(span) })
      addChildren(span.span_id, `${indent}  `)
    }
  }
  addChildren(undefined, '')

  const startMs = Math.min(...spans.map(({ start_ms }) => start_ms))
  const endMs = Math.max(...spans.map(({ start_ms, duration_ms }) => start_ms + duration_ms))
  const nameWidth = Math.max(...rows.map(({ name }) => name.length))
  return rows.map(({ span, name }) => {
    const duration = `${span.duration_ms.toFixed(1)} ms`.padStart(10)
    return `${name.padEnd(nameWidth)}  ${bar(span, startMs, endMs)} ${duration}${span.failed ? '  failed' : ''}`
  })
}

/** Redis spans are named after the command only. */
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
