import { spansOf } from '../launcher/otlp-json.ts'
import type { Series } from './metrics.ts'
import type { SignalBackends } from './signals.ts'

/**
 * Reads logs, metrics and traces through Grafana's data source proxy: one published address is enough. Data source
 * ids are those of grafana/provisioning.
 */
export async function grafanaSignals(grafana: string, tool: string): Promise<SignalBackends> {
  // biome-ignore lint/suspicious/noExplicitAny: responses of four APIs; each field is read with a default
  const get = async (path: string, query: Record<string, string> = {}): Promise<any> => {
    const response = await fetch(`${grafana}/api/${path}?${new URLSearchParams(query)}`, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(5_000),
    })
    return response.ok ? response.json() : undefined
  }
  const health = await get('health').catch(() => undefined)
  if (health === undefined) return {}

  return {
    metrics: {
      where: `Prometheus, through ${grafana}`,
      // The scrape interval is 5 s.
      withinMs: 20_000,
      async query() {
        const query = `{__name__=~"mcp_.+", __name__!~".+_bucket", tool_name="${tool}"} or {__name__=~"mcp_.+_(count|sum)", gen_ai_tool_name="${tool}"}`
        const response = await get('datasources/proxy/uid/prometheus/api/v1/query', { query })
        return response && sumOverReplicas(response.data?.result ?? [])
      },
    },
    logLine: {
      where: `Loki, through ${grafana}`,
      withinMs: 15_000,
      async query({ traceId }) {
        const response = await get('datasources/proxy/uid/loki/loki/api/v1/query_range', {
          query: `{service_name=~".+"} | trace_id="${traceId}"`,
          since: '15m',
          limit: '100',
        })
        return (response?.data?.result ?? [])
          .flatMap(({ stream, values }: LokiStream) =>
            values.map(([, message, extra]) => ({ message, ...stream, ...extra?.structuredMetadata })),
          )
          .find(({ message }: { message: string }) => message === 'mcp message')
      },
    },
    trace: {
      where: `Tempo, through ${grafana}`,
      // The collector decides 12 s after the first span.
      withinMs: 30_000,
      async query({ traceId }) {
        const response = await get(`datasources/proxy/uid/tempo/api/traces/${traceId}`)
        const spans = spansOf(response ?? {})
        return spans.length === 0 ? undefined : spans
      },
    },
  }
}

interface LokiStream {
  readonly stream: Record<string, string>
  readonly values: [time: string, line: string, extra?: { structuredMetadata?: Record<string, string> }][]
}

/** Labels of the scrape target. */
const targetLabels = new Set('__name__ instance job service replica pod namespace container'.split(' '))

function sumOverReplicas(result: { metric: Record<string, string>; value: [number, string] }[]): Series {
  const sums = new Map<string, number>()
  for (const { metric, value } of result) {
    const labels = Object.entries(metric)
      .filter(([name]) => !targetLabels.has(name))
      .map(([name, text]) => `${name}="${text}"`)
    const series = `${metric.__name__}{${labels.join(',')}}`
    sums.set(series, (sums.get(series) ?? 0) + Number(value[1]))
  }
  return sums
}
