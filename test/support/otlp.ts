import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterFile } from './cleanup.ts'

export interface ReceivedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly kind: number
  readonly scope: string
  readonly statusCode: number
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
}

/** Values of one series, with the attributes of its resource. */
export interface ReceivedPoint {
  readonly name: string
  readonly unit: string
  readonly scope: string
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  readonly resource: Readonly<Record<string, string | number | boolean>>
  readonly data:
    | { readonly type: 'counter' | 'gauge'; readonly value: number }
    | {
        readonly type: 'histogram'
        readonly sum: number
        readonly bounds: readonly number[]
        readonly counts: readonly number[]
      }
  readonly temporality: 'delta' | 'cumulative' | undefined
}

export interface OtlpReceiver {
  readonly url: string
  readonly spans: ReceivedSpan[]
  /** All points of each export of metrics. */
  readonly metrics: (readonly ReceivedPoint[])[]
  /** Raw request bodies, to search for secrets. */
  readonly bodies: string[]
  /** Resolves to the first span that matches, received or still to come. */
  span(predicate: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan>
  /** Resolves to an export of metrics that began after this call. */
  nextMetrics(): Promise<readonly ReceivedPoint[]>
  /** All spans of a trace, once no further span has arrived for a moment. */
  trace(traceId: string): Promise<ReceivedSpan[]>
}

/** Environment of a server that exports traces and logs to this receiver without delay. */
export const otlpEnvironment = (url: string): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '50',
})

// biome-ignore lint/suspicious/noExplicitAny: OTLP's JSON encoding
type Json = any

/** Starts a telemetry backend that accepts OTLP over HTTP with JSON. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const metrics: (readonly ReceivedPoint[])[] = []
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(body)
    const { resourceSpans = [], resourceMetrics } = JSON.parse(body)
    for (const { scopeSpans } of resourceSpans) {
      for (const { scope, spans: received } of scopeSpans)
        spans.push(...received.map((span: Json) => toSpan(scope.name, span)))
    }
    if (resourceMetrics) metrics.push(resourceMetrics.flatMap(toPoints))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    bodies,
    async nextMetrics() {
      // The first of the two may have begun before.
      const index = metrics.length + 1
      for (let tries = 0; tries < 500 && metrics.length <= index; tries++)
        await new Promise((resolve) => setTimeout(resolve, 20))
      return metrics[index] ?? Promise.reject(new Error(`only ${metrics.length} exports of metrics`))
    },
    async span(predicate) {
      for (let tries = 0; tries < 500; tries++) {
        const found = spans.find(predicate)
        if (found) return found
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error(`no such span among ${spans.map(({ name }) => name)}`)
    },
    async trace(traceId) {
      for (let count = -1; count !== spans.length; ) {
        count = spans.length
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
      return spans.filter((span) => span.traceId === traceId)
    },
  }
}

function toSpan(scope: string, span: Json): ReceivedSpan {
  return {
    name: span.name,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId || undefined,
    kind: span.kind,
    scope,
    statusCode: span.status?.code ?? 0,
    attributes: toAttributes(span.attributes),
    links: (span.links ?? []).map((link: Json) => ({ traceId: link.traceId, spanId: link.spanId })),
  }
}

const toAttributes = (attributes: Json[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])) as Record<
    string,
    string | number | boolean
  >

const temporalities = [undefined, 'delta', 'cumulative'] as const

function toPoints({ resource, scopeMetrics }: Json): ReceivedPoint[] {
  const ofMetric = (scope: Json, { name, unit, sum, gauge, histogram }: Json) => {
    const { dataPoints, aggregationTemporality = 0 } = sum ?? gauge ?? histogram
    return dataPoints.map((point: Json) => ({
      name,
      unit,
      scope: scope.name,
      attributes: toAttributes(point.attributes),
      resource: toAttributes(resource.attributes),
      data: histogram
        ? {
            type: 'histogram',
            sum: point.sum,
            bounds: point.explicitBounds,
            counts: point.bucketCounts.map(Number),
          }
        : { type: sum ? 'counter' : 'gauge', value: Number(point.asDouble ?? point.asInt) },
      temporality: temporalities[aggregationTemporality],
    }))
  }
  return scopeMetrics.flatMap(({ scope, metrics }: Json) =>
    metrics.flatMap((metric: Json) => ofMetric(scope, metric)),
  )
}
