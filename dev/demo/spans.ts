import { randomBytes } from 'node:crypto'
import type { Request } from './activity.ts'

/** https://www.w3.org/TR/trace-context/#traceparent-header; undefined without an endpoint: a root that nobody exports hides a trace. */
export interface ClientSpan {
  readonly traceparent: string | undefined
  /** @param result `ok` or a failure */
  end(result: string): void
}

const flushMs = 1_000
const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
const nanoseconds = () => `${Math.round((performance.timeOrigin + performance.now()) * 1_000)}000`

/** Exports a client span for each request, the root of its trace, by OTLP over HTTP. */
export function createSpans(endpoint: string | undefined, url: URL): (request: Request) => ClientSpan {
  if (endpoint === undefined) return () => ({ traceparent: undefined, end: () => undefined })
  let ended: object[] = []

  async function flush(): Promise<void> {
    const spans = ended
    ended = []
    if (spans.length === 0) return
    const resource = { attributes: [text('service.name', 'demo')] }
    const body = JSON.stringify({
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'demo' }, spans }] }],
    })
    const headers = { 'content-type': 'application/json' }
    // Lost spans are no failure of the demo.
    await fetch(`${endpoint}/v1/traces`, { method: 'POST', headers, body }).catch(() => undefined)
  }
  setInterval(flush, flushMs).unref()

  return ({ method, params }) => {
    const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')]
    const startTimeUnixNano = nanoseconds()
    return {
      traceparent: `00-${traceId}-${spanId}-01`,
      end(result) {
        ended.push({
          traceId,
          spanId,
          name: [method, params?.name].filter(Boolean).join(' '),
          kind: 3,
          startTimeUnixNano,
          endTimeUnixNano: nanoseconds(),
          attributes: [text('mcp.method.name', method), text('server.address', url.hostname)],
          // JSON-RPC errors of the demo are its own mistakes.
          status: /^(ok|rpc .*)$/.test(result) ? {} : { code: 2, message: result },
        })
      },
    }
  }
}
