import type { LogConfig } from '../config/config.ts'
import { createLogger, flushLogger, type Logger } from './log/logger.ts'
import { createLabels, type Labels } from './metrics/labels.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { measureProcess } from './metrics/process-metrics.ts'
import { createPrometheus, type Prometheus } from './metrics/prometheus.ts'
import { createStatsd, type StatsdConfig } from './metrics/statsd.ts'
import { createObserver, type Observer, type Sink } from './observer.ts'
import { exporting, loadedFirst } from './register.ts'
import { createReject, type Reject } from './rejections.ts'
import { type Traced, withHttpSpans } from './trace/http-spans.ts'

export interface TelemetryOptions {
  readonly service: { readonly name: string; readonly version: string }
  readonly commit: string
  readonly log: LogConfig
  readonly statsd: StatsdConfig | undefined
  /** Names of all tools: the allowed label values. */
  readonly tools: readonly string[]
  /** Called in this order; the span sink comes first, because the others use its trace id. */
  readonly sinks: readonly CreateSink[]
}

export interface SinkDependencies {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly labels: Labels
  readonly tools: readonly string[]
}
export type CreateSink = (dependencies: SinkDependencies) => Sink

/** Log, metrics and traces of a server. */
export interface Telemetry {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly prometheus: Prometheus
  readonly observer: Observer
  readonly reject: Reject
  /** Wraps a request listener in a server span, if traces are exported. */
  readonly traced: Traced
  /** Flushes log, StatsD and traces, in this order. */
  close(): Promise<void>
}

const traceFlushTimeoutMs = 3_000

export function createTelemetry({ service, commit, log, statsd, tools, sinks }: TelemetryOptions): Telemetry {
  const logger = createLogger({
    ...log,
    serviceName: exporting.serviceName,
    otlp: exporting.signals.includes('logs'),
  })
  if (exporting.signals.length > 0 && !loadedFirst) {
    const hint = 'start with: node --import ./dist/telemetry/register.js dist/main.js'
    logger.warn('telemetry loaded too late; traces will lack spans', {
      module: 'telemetry',
      function: 'createTelemetry',
      hint,
    })
  }
  const prometheus = createPrometheus()
  const statsdBackend = statsd && createStatsd(statsd, logger.child({ module: 'statsd' }))
  const metrics = createMetrics(statsdBackend ? [prometheus, statsdBackend] : [prometheus])
  statsdBackend?.startCollecting(metrics)

  const labels = createLabels({ tools })
  const observer = createObserver(
    sinks.map((create) => create({ logger, metrics, labels, tools })),
    (error) =>
      logger.error('a telemetry sink failed; its signal is incomplete', {
        module: 'telemetry',
        function: 'onSinkError',
        error,
      }),
  )
  measureProcess(metrics, { version: service.version, commit })
  measureTelemetry(metrics, observer)

  return {
    logger,
    metrics,
    prometheus,
    observer,
    reject: createReject({ metrics, logger: logger.child({ module: 'mcp' }) }),
    traced: exporting.signals.includes('traces') ? withHttpSpans : (listener) => listener,
    async close() {
      await flushLogger(logger)
      await statsdBackend?.close()
      await exporting.flush(traceFlushTimeoutMs)
    },
  }
}

/** In-flight messages and failed exports. */
function measureTelemetry(metrics: Metrics, observer: Observer): void {
  const reported = { traces: 0, logs: 0 }
  for (const signal of ['traces', 'logs'] as const)
    metrics.initSeries('mcp_telemetry_export_failures_total', { signal })
  metrics.onCollect(() => {
    const { calls, streams } = observer.inFlight()
    metrics.set('mcp_requests_in_flight', {}, calls)
    metrics.set('mcp_streams_open', {}, streams)
    for (const signal of ['traces', 'logs'] as const) {
      metrics.count(
        'mcp_telemetry_export_failures_total',
        { signal },
        exporting.failures[signal] - reported[signal],
      )
      reported[signal] = exporting.failures[signal]
    }
  })
}
