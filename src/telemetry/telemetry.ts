import type { Config, LogConfig } from '../config/config.ts'
import { service } from '../config/package.ts'
import { createLogger, flushLogger, type Logger } from './log/logger.ts'
import { type LogOutput, StandardOutput } from './log/standard-output.ts'
import { createLabels, type Labels } from './metrics/labels.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { createOtlpMetrics } from './metrics/otlp.ts'
import { measureProcess } from './metrics/process-metrics.ts'
import { createPrometheus, type Prometheus } from './metrics/prometheus.ts'
import { createStatsd } from './metrics/statsd.ts'
import { createObserver, type Observer, type Sink } from './observer.ts'
import { exporting, loadedFirst } from './register.ts'
import { createReject, type Reject } from './rejections.ts'
import { type TraceListener, withHttpSpans } from './trace/http-spans.ts'
import { otlpSignals } from './trace/otlp.ts'

export interface TelemetryOptions {
  readonly commit: string
  readonly log: LogConfig
  /** By default standard output. */
  readonly output?: LogOutput | undefined
  readonly statsd: Config['statsd']
  /** Names of all tools: the allowed label values. */
  readonly tools: readonly string[]
  /** Names of all prompts, which may be in names of spans. */
  readonly prompts: readonly string[]
  /** Called in this order; the span sink comes first, because the others use its trace id. */
  readonly sinks: readonly CreateSink[]
}

export interface SinkDependencies {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly labels: Labels
  readonly tools: readonly string[]
  readonly capturesContent: boolean
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
  readonly traced: TraceListener
  /** Lets StatsD and OTLP run the collect callbacks. Health checks are among them, so first connect the stores. */
  startCollecting(): void
  /** Flushes StatsD, OTLP and the log. */
  close(): Promise<void>
}

const otlpFlushTimeoutMs = 3_000

export function createTelemetry({
  commit,
  log,
  output = new StandardOutput(),
  statsd,
  tools,
  prompts,
  sinks,
}: TelemetryOptions): Telemetry {
  const logger = createLogger({
    ...log,
    output,
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
  const pushing = [
    statsd && createStatsd(statsd, logger.child({ module: 'statsd' })),
    exporting.signals.includes('metrics') ? createOtlpMetrics() : undefined,
  ].filter((backend) => backend !== undefined)
  const metrics = createMetrics([prometheus, ...pushing])

  const { capturesContent } = exporting
  const labels = createLabels({ tools, prompts })
  const observer = createObserver(
    sinks.map((create) => create({ logger, metrics, labels, tools, capturesContent })),
    (error) =>
      logger.error('a telemetry sink failed; its signal is incomplete', {
        module: 'telemetry',
        function: 'onSinkError',
        error,
      }),
  )
  measureProcess(metrics, { version: service.version, commit })
  measureTelemetry(metrics, observer, output, logger)

  return {
    logger,
    metrics,
    prometheus,
    observer,
    reject: createReject({ metrics, logger: logger.child({ module: 'mcp' }) }),
    traced: exporting.signals.includes('traces') ? withHttpSpans : (listener) => listener,
    startCollecting() {
      for (const backend of pushing) backend.startCollecting(metrics)
    },
    async close() {
      // Before the log, to which it reports failures.
      await Promise.all(pushing.map((backend) => backend.close()))
      await flushLogger(logger)
      await exporting.flush(otlpFlushTimeoutMs)
      await output.drain()
    },
  }
}

/** In-flight messages, failed exports and dropped log lines. */
function measureTelemetry(metrics: Metrics, observer: Observer, output: LogOutput, logger: Logger): void {
  const fields = { module: 'telemetry', function: 'measureTelemetry' }
  let reportedOutage = false
  metrics.countTotal('mcp_log_lines_dropped_total', {}, () => output.dropped)
  for (const signal of otlpSignals)
    metrics.countTotal('mcp_telemetry_export_failures_total', { signal }, () => exporting.failures[signal])
  metrics.onCollect(() => {
    const { calls, streams } = observer.inFlight()
    metrics.set('mcp_messages_in_flight', {}, calls)
    metrics.set('mcp_streams_open', {}, streams)
    // Also logged, because the counter may be exported only by the export that fails.
    const error = exporting.outages.metrics
    if (reportedOutage === (error !== undefined)) return
    reportedOutage = error !== undefined
    if (error) logger.warn('metrics export failed', { ...fields, error })
    else logger.info('metrics export recovered', fields)
  })
}
