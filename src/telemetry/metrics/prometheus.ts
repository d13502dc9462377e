import client from 'prom-client'
import { type MetricDefinition, type MetricName, metricDefinitions } from './definitions.ts'
import { idlePrecisionMs, measureEventLoop } from './event-loop.ts'
import type { MetricsBackend } from './metrics.ts'

export interface Prometheus extends MetricsBackend {
  /** All metrics: OpenMetrics with exemplars if the scraper accepts it, otherwise the Prometheus text format. */
  render(accept: string | undefined): Promise<{ contentType: string; body: string }>
}

const { Registry } = client
type AnyRegistry = client.Registry<client.OpenMetricsContentType>

export function createPrometheus({ nodeMetrics = true } = {}): Prometheus {
  // Workaround: prom-client needs the content type before metrics exist, and rendering OpenMetrics renames counters
  // permanently. So always render OpenMetrics and convert it for scrapers without support.
  const registry: AnyRegistry = new Registry<client.OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const metrics = new Map<MetricName, client.Counter | client.Gauge | client.Histogram>()
  for (const [name, definition] of Object.entries(metricDefinitions)) {
    metrics.set(name as MetricName, createMetric(name, definition, registry))
  }
  if (nodeMetrics) {
    client.collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: idlePrecisionMs })
    measureEventLoop(registry)
  }
  const get = <Metric>(name: MetricName) => metrics.get(name) as Metric

  return {
    count: (name, labels, amount) => get<client.Counter>(name).inc(labels, amount),
    set: (name, labels, value) => get<client.Gauge>(name).set(labels, value),
    observe(name, labels, value, exemplar) {
      const histogram = get<client.Histogram>(name)
      const { exemplars }: MetricDefinition = metricDefinitions[name]
      if (!exemplars) histogram.observe(labels, value)
      else histogram.observe({ labels, value, ...(exemplar && { exemplarLabels: { ...exemplar } }) } as never)
    },
    initSeries(name, labels) {
      const metric = metrics.get(name)
      if (metric instanceof client.Histogram) metric.zero(labels)
      else get<client.Counter>(name).inc(labels, 0)
    },
    async render(accept) {
      const openMetrics = await registry.metrics()
      return acceptsOpenMetrics(accept)
        ? { contentType: Registry.OPENMETRICS_CONTENT_TYPE, body: openMetrics }
        : { contentType: Registry.PROMETHEUS_CONTENT_TYPE, body: toPrometheusText(openMetrics) }
    },
  }
}

export const acceptsOpenMetrics = (accept: string | undefined): boolean =>
  accept?.includes('application/openmetrics-text') ?? false

function createMetric(
  name: string,
  { type, help, labels, buckets, exemplars }: MetricDefinition,
  registry: AnyRegistry,
) {
  const configuration = { name, help, labelNames: [...labels], registers: [registry] }
  if (type === 'counter') return new client.Counter(configuration)
  if (type === 'gauge') return new client.Gauge(configuration)
  return new client.Histogram({
    ...configuration,
    ...(buckets && { buckets: [...buckets] }),
    enableExemplars: exemplars === true,
  })
}

/** Restores the `_total` suffix in counter metadata and removes exemplars and the end mark. */
function toPrometheusText(openMetrics: string): string {
  const counters = new Set([...openMetrics.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name]) => name))
  return openMetrics
    .replace(/^# (HELP|TYPE) (\S+)/gm, (line, _kind, name: string) =>
      counters.has(name) ? `${line}_total` : line,
    )
    .replace(/ # \{[^}\n]*\} \S+(?: \S+)?$/gm, '')
    .replace(/^# EOF\n/m, '')
}
