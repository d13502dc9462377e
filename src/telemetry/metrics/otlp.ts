import {
  type Attributes,
  type Counter,
  type Histogram,
  metrics,
  type ObservableGauge,
} from '@opentelemetry/api'
import { service } from '../../config/package.ts'
import { type MetricDefinition, type MetricName, metricDefinitions } from './definitions.ts'
import type { Metrics, PushBackend } from './metrics.ts'

/** Attributes of the semantic conventions. Their labels have `_` for each dot; other labels keep their names. */
const conventions = [
  'mcp.method.name',
  'gen_ai.tool.name',
  'error.type',
  'mcp.protocol.version',
  'network.transport',
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'nodejs.eventloop.state',
]
const attributeNames = new Map(conventions.map((name) => [name.replaceAll('.', '_'), name]))
const units: Readonly<Record<string, string>> = { seconds: 's', bytes: 'By' }

/** Records measurements with instruments of the SDK, which must be started (exporting.ts) and exports them. */
export function createOtlpMetrics(): PushBackend {
  const meter = metrics.getMeter(service.name, service.version)
  const instruments = new Map<string, Counter | Histogram | ObservableGauge>()
  const get = <Instrument>(name: MetricName) => instruments.get(name) as Instrument
  const gauges = new Map<string, readonly [ObservableGauge, number, Attributes]>()
  let source: Pick<Metrics, 'collect'> | undefined

  for (const [name, { type, help, buckets }] of Object.entries<MetricDefinition>(metricDefinitions)) {
    const [otelName, unit] = nameAndUnit(name)
    const options = { description: help, unit }
    const advice = buckets && { advice: { explicitBucketBoundaries: [...buckets] } }
    if (type === 'counter') instruments.set(name, meter.createCounter(otelName, options))
    else if (type === 'gauge') instruments.set(name, meter.createObservableGauge(otelName, options))
    else instruments.set(name, meter.createHistogram(otelName, { ...options, ...advice }))
  }
  meter.addBatchObservableCallback(
    (result) => {
      source?.collect()
      for (const [gauge, value, attributes] of gauges.values()) result.observe(gauge, value, attributes)
    },
    // The SDK ignores those that are not observable.
    [...instruments.values()] as ObservableGauge[],
  )

  return {
    count: (name, labels, amount) => get<Counter>(name).add(amount, attributesOf(labels)),
    observe: (name, labels, value) => get<Histogram>(name).record(value, attributesOf(labels)),
    set(name, labels, value) {
      gauges.set(name + JSON.stringify(labels), [get(name), value, attributesOf(labels)])
    },
    initSeries(name, labels) {
      // The SDK has no empty histograms.
      if (metricDefinitions[name].type === 'counter') get<Counter>(name).add(0, attributesOf(labels))
    },
    startCollecting(metrics) {
      source = metrics
    },
    // The last export must not start health checks: their clients are closed, and so is the log.
    async close() {
      source = undefined
    },
  }
}

/** Receivers make the Prometheus name of both: `mcp_tool_latency_seconds` of `mcp.tool.latency` and `s`. */
function nameAndUnit(name: string): [name: string, unit: string] {
  const [, words = name, unit = ''] = /^(.+?)(?:_(seconds|bytes))?(?:_total)?$/.exec(name) ?? []
  return [words.replaceAll('_', '.'), units[unit] ?? '']
}

/** Leaves out empty labels, which Prometheus cannot tell from absent ones. */
function attributesOf(labels: Readonly<Record<string, string>>): Attributes {
  const attributes: Attributes = {}
  for (const label in labels)
    if (labels[label]) attributes[attributeNames.get(label) ?? label] = labels[label]
  return attributes
}
