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

export interface OtlpReceiver {
  readonly url: string
  readonly spans: ReceivedSpan[]
  /** Raw request bodies, to search for secrets. */
  readonly bodies: string[]
  /** Resolves to the first span that matches, received or still to come. */
  span(predicate: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan>
  /** All spans of a trace, once no further span has arrived for a moment. */
  trace(traceId: string): Promise<ReceivedSpan[]>
}

/** Environment of a server that exports traces and logs to this receiver without delay. */
export const otlpEnvironment = (url: string): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '50',
  OTEL_BLRP_SCHEDULE_DELAY: '50',
})

// biome-ignore lint/suspicious/noExplicitAny: OTLP's JSON encoding
type Json = any

/** Starts a telemetry backend that accepts OTLP over HTTP with JSON. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(body)
    for (const { scopeSpans } of JSON.parse(body).resourceSpans ?? []) {
      for (const { scope, spans: received } of scopeSpans)
        spans.push(...received.map((span: Json) => toSpan(scope.name, span)))
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
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
    attributes: Object.fromEntries(
      (span.attributes ?? []).map(({ key, value }: Json) => [key, Object.values(value)[0]]),
    ),
    links: (span.links ?? []).map((link: Json) => ({ traceId: link.traceId, spanId: link.spanId })),
  }
}
