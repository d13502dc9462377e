import { hostname } from 'node:os'
import { createNoopMeter } from '@opentelemetry/api'
import { service } from '../../config/package.ts'
import { printDiagnostics } from './diagnostics.ts'
import {
  createLogExporter,
  createMetricExporter,
  createTraceExporter,
  endpointOf,
  isExported,
  metricIntervalMs,
  otlpSignals,
  type Signal,
} from './otlp.ts'

type Environment = Record<string, string | undefined>

/** The OpenTelemetry export of this process. */
export interface Exporting {
  readonly signals: readonly Signal[]
  /** `OTEL_SERVICE_NAME`, so that log and traces use the same name. */
  readonly serviceName: string
  /** Whether spans hold the content of tool calls: `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`. */
  readonly capturesContent: boolean
  /** Host names of the endpoints. */
  readonly hosts: readonly string[]
  /** Batches that failed to export. */
  readonly failures: Readonly<Record<Signal, number>>
  /** Error of the latest batch; undefined if it was accepted. */
  readonly outages: Readonly<Partial<Record<Signal, Error | undefined>>>
  /** Flushes pending batches, within the timeout. Never rejects. */
  flush(timeoutMs: number): Promise<unknown>
}

/** Default of `OTEL_NODE_ENABLED_INSTRUMENTATIONS`. */
const defaultInstrumentations = 'http,undici,pg,ioredis'

/**
 * Starts the OpenTelemetry SDK for the signals that the environment enables.
 * @param installHooks lets instrumentations patch modules that are loaded later; returns a function that waits until
 * they can
 */
export async function createExporting(
  env: Environment,
  installHooks: () => Promise<() => Promise<void>>,
): Promise<Exporting> {
  // Compose files and shells pass on empty variables and blanks, which the SDK would take for values.
  for (const name of Object.keys(env)) {
    if (!name.startsWith('OTEL_')) continue
    env[name] = env[name]?.trim()
    if (!env[name]) delete env[name]
  }
  const failures = { traces: 0, logs: 0, metrics: 0 }
  const outages: Partial<Record<Signal, Error | undefined>> = {}
  const serviceName = env.OTEL_SERVICE_NAME ?? service.name
  const instance = `${hostname()}:${env.PORT ?? 8080}`
  const signals = otlpSignals.filter((signal) => isExported(signal, env))
  const capturesContent = env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT?.toLowerCase() === 'true'
  const common = { signals, serviceName, capturesContent, failures, outages }
  if (signals.length === 0) return { ...common, hosts: [], flush: async () => undefined }

  if (env.OTEL_LOG_LEVEL) printDiagnostics(env.OTEL_LOG_LEVEL)
  // Otherwise, the SDK would install its own logger.
  delete env.OTEL_LOG_LEVEL
  const whenHooked = await installHooks()
  // No baggage, because a client's baggage would be forwarded to every upstream.
  env.OTEL_PROPAGATORS ??= 'tracecontext'
  env.OTEL_NODE_ENABLED_INSTRUMENTATIONS ??= defaultInstrumentations
  env.OTEL_SEMCONV_STABILITY_OPT_IN ??= 'http,database'
  const [{ NodeSDK, resources, metrics }, { BatchLogRecordProcessor }, { getNodeAutoInstrumentations }] =
    await Promise.all([
      import('@opentelemetry/sdk-node'),
      import('@opentelemetry/sdk-logs'),
      import('@opentelemetry/auto-instrumentations-node'),
    ])
  const instrumentations = getNodeAutoInstrumentations({
    '@opentelemetry/instrumentation-http': {
      // http-spans.ts creates the server spans.
      disableIncomingRequestInstrumentation: true,
      requireParentforOutgoingSpans: true,
    },
    '@opentelemetry/instrumentation-undici': {
      requireParentforSpans: true,
      // The URL's query contains callers' search terms, which must not be traced.
      requestHook: (span, { origin, path }) => {
        span.setAttributes({ 'url.full': `${origin}${path.split('?')[0]}`, 'url.query': '' })
      },
    },
    '@opentelemetry/instrumentation-pg': { requireParentSpan: true },
    // The default records keys, which are derived from callers' arguments.
    '@opentelemetry/instrumentation-ioredis': {
      requireParentSpan: true,
      dbStatementSerializer: (command) => command,
    },
  })

  /** Counts failed batches. */
  function watched<E extends Exporter>(signal: Signal, exporter: E): E {
    const send = exporter.export.bind(exporter)
    exporter.export = (items: never, done) =>
      send(items, (result) => {
        outages[signal] = result.code === 0 ? undefined : (result.error ?? new Error('export failed'))
        if (outages[signal]) failures[signal]++
        done(result)
      })
    return exporter
  }

  const logRecordProcessors = signals.includes('logs')
    ? [new BatchLogRecordProcessor({ exporter: watched('logs', await createLogExporter(env)) })]
    : []
  const sdk = new NodeSDK({
    serviceName,
    ...(signals.includes('traces')
      ? { traceExporter: watched('traces', await createTraceExporter(env)) }
      : { spanProcessors: [] }),
    logRecordProcessors,
    metricReaders: signals.includes('metrics')
      ? [
          new metrics.PeriodicExportingMetricReader({
            exporter: watched('metrics', await createMetricExporter(env)),
            exportIntervalMillis: metricIntervalMs(env),
          }),
        ]
      : [],
    // Metrics of two replicas would be the same series without it. StatsD has the same tag.
    ...(signals.includes('metrics') && {
      resource: resources
        .defaultResource()
        .merge(resources.resourceFromAttributes({ 'service.instance.id': instance })),
    }),
    instrumentations,
  })
  sdk.start()
  // Every backend gets the metrics of definitions.ts and no others.
  for (const instrumentation of instrumentations)
    instrumentation.setMeterProvider({ getMeter: createNoopMeter })
  await whenHooked()

  return {
    ...common,
    hosts: signals.map((signal) => new URL(endpointOf(signal, env)).hostname),
    flush: (timeoutMs) =>
      Promise.race([
        // The SDK's promise rejects at the first signal that fails.
        Promise.allSettled([sdk.shutdown(), ...logRecordProcessors.map((logs) => logs.shutdown())]),
        new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref()),
      ]),
  }
}

interface Exporter {
  export(items: never, done: (result: { code: number; error?: Error }) => void): void
}
