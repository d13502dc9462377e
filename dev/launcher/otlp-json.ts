/** Reads OTLP's JSON encoding (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */

export type Attributes = Record<string, unknown>

export interface RecordedSpan {
  readonly trace_id: string
  readonly span_id: string
  readonly parent_span_id?: string
  readonly name: string
  readonly start_ms: number
  readonly duration_ms: number
  readonly failed: boolean
  readonly attributes: Attributes
}

// biome-ignore lint/suspicious/noExplicitAny: each field is read with a default
type Json = any

export function spansOf(body: Json): RecordedSpan[] {
  return flatten(body.resourceSpans ?? body.batches, 'scopeSpans', 'spans').map((span) => {
    const startMs = Number(span.startTimeUnixNano) / 1e6
    return {
      trace_id: hexId(span.traceId),
      span_id: hexId(span.spanId),
      ...(span.parentSpanId && { parent_span_id: hexId(span.parentSpanId) }),
      name: span.name ?? '',
      start_ms: startMs,
      duration_ms: Math.round(Number(span.endTimeUnixNano) / 1e3 - startMs * 1e3) / 1e3,
      failed: [2, 'STATUS_CODE_ERROR'].includes(span.status?.code),
      attributes: attributesOf(span.attributes),
    }
  })
}

/** Log records with the fields that they have on standard output. */
export function logLinesOf(body: Json): Attributes[] {
  return flatten(body.resourceLogs, 'scopeLogs', 'logRecords').map((record) => ({
    timestamp: new Date(Number(record.timeUnixNano ?? record.observedTimeUnixNano) / 1e6).toISOString(),
    level: String(record.severityText ?? '').toLowerCase(),
    message: attributeValue(record.body),
    ...(record.traceId && { trace_id: hexId(record.traceId), span_id: hexId(record.spanId) }),
    ...attributesOf(record.attributes),
  }))
}

const flatten = (resources: Json[] | undefined, scopes: string, records: string): Json[] =>
  (resources ?? []).flatMap((resource) =>
    (resource[scopes] ?? []).flatMap((scope: Json) => scope[records] ?? []),
  )

const attributesOf = (attributes: Json[] | undefined): Attributes =>
  Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, attributeValue(value)]))

function attributeValue(value: Json): unknown {
  if (value?.arrayValue) return (value.arrayValue.values ?? []).map(attributeValue)
  if (value?.kvlistValue) return attributesOf(value.kvlistValue.values)
  if (value?.intValue !== undefined) return Number(value.intValue)
  return value?.stringValue ?? value?.doubleValue ?? value?.boolValue
}

/** Exporters write ids in hex, per the specification; Tempo returns base64, as protobuf's JSON mapping does. */
function hexId(id = ''): string {
  return /^([0-9a-f]{16}|[0-9a-f]{32})$/.test(id) ? id : Buffer.from(id, 'base64').toString('hex')
}
