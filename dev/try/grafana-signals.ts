import { spansOf } from '../launcher/otlp-json.ts'
import type { Series } from './metrics.ts'
import type { SignalSource } from './signals.ts'

/**
 * Logs, metrics and traces through Grafana, which passes queries on to its data sources: so one published address is
 * enough. The ids of the data sources are those of grafana/provisioning.
 */
export async function signalsInGrafana(grafana: string, tool: string): Promise<SignalSource> {
  // biome-ignore lint/suspicious/noExplicitAny: the answers of four different programs, read field by field
  const ask = async (path: string, query: Record<string, string> = {}): Promise<any> => {
    const response = await fetch(`${grafana}/api/${path}?${new URLSearchParams(query)}`, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(5_000),
    })
    return response.ok ? response.json() : undefined
  }
  const health = await ask('health').catch(() => undefined)
  if (health === undefined) return {}

  return {
    metrics: {
      where: `Prometheus, through ${grafana}`,
      // It scrapes every 5 s.
      withinMs: 20_000,
      async look() {
        const query = `{__name__=~"mcp_.+", __name__!~".+_bucket", tool_name="${tool}"} or {__name__=~"mcp_.+_(count|sum)", gen_ai_tool_name="${tool}"}`
        const answer = await ask('datasources/proxy/uid/prometheus/api/v1/query', { query })
        return answer === undefined ? undefined : sumOverReplicas(answer.data?.result ?? [])
      },
    },
    logLine: {
      where: `Loki, through ${grafana}`,
      withinMs: 15_000,
      async look({ traceId }) {
        const answer = await ask('datasources/proxy/uid/loki/loki/api/v1/query_range', {
          query: `{service_name=~".+"} | trace_id="${traceId}"`,
          since: '15m',
          limit: '100',
        })
        return (answer?.data?.result ?? [])
          .flatMap(({ stream, values }: LokiStream) =>
            values.map(([, line, { structuredMetadata = {} } = {}]) => ({
              message: line,
              ...stream,
              ...structuredMetadata,
            })),
          )
          .find(({ message }: { message: string }) => message === 'mcp message')
      },
    },
    trace: {
      where: `Tempo, through ${grafana}`,
      // The collector decides on a trace 10 s after its first span.
      withinMs: 30_000,
      async look({ traceId }) {
        const answer = await ask(`datasources/proxy/uid/tempo/api/traces/${traceId}`)
        const spans = answer === undefined ? [] : spansOf(answer)
        return spans.length === 0 ? undefined : spans
      },
    },
  }
}

interface LokiStream {
  readonly stream: Record<string, string>
  readonly values: [time: string, line: string, extra?: { structuredMetadata?: Record<string, string> }][]
}

/** Labels that tell replicas apart, or say who has scraped them. */
const labelsOfTarget = new Set([
  '__name__',
  'instance',
  'job',
  'service',
  'replica',
  'pod',
  'namespace',
  'container',
])

function sumOverReplicas(result: { metric: Record<string, string>; value: [number, string] }[]): Series {
  const sums = new Map<string, number>()
  for (const { metric, value } of result) {
    const labels = Object.entries(metric)
      .filter(([name]) => !labelsOfTarget.has(name))
      .map(([name, text]) => `${name}="${text}"`)
    const series = `${metric.__name__}{${labels.join(',')}}`
    sums.set(series, (sums.get(series) ?? 0) + Number(value[1]))
  }
  return sums
}
