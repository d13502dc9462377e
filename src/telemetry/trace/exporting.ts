import type { LogRecordExporter } from '@opentelemetry/sdk-logs'
import { service } from '../../config/package.ts'
import { createLogExporter, createTraceExporter, isExported } from './otlp.ts'

export type Signal = 'traces' | 'logs'
type Environment = Record<string, string | undefined>

/** What leaves the process by OpenTelemetry. */
export interface Exporting {
  readonly signals: readonly Signal[]
  /** `OTEL_SERVICE_NAME`, so that log and traces name the service alike. */
  readonly serviceName: string
  /** Batches that could not be delivered so far; callers never feel them. */
  readonly failures: Readonly<Record<Signal, number>>
  /** Sends what is still held back. Never rejects; a backend that does not answer costs the timeout. */
  flush(timeoutMs: number): Promise<void>
}

/** Instrumentations for what this server is made of, unless `OTEL_NODE_ENABLED_INSTRUMENTATIONS` says otherwise. */
const instrumented = 'http,undici,pg,ioredis'

/**
 * Starts the OpenTelemetry SDK for the signals that the environment asks for.
 * @param installHooks makes modules that are loaded from now on visible to instrumentations
 */
export async function createExporting(
  env: Environment,
  installHooks: () => Promise<void>,
): Promise<Exporting> {
  // Compose files and shells pass on variables that are set to nothing; to the SDK they would be values.
  for (const name of Object.keys(env))
    if (name.startsWith('OTEL_') && env[name]?.trim() === '') delete env[name]
  const failures = { traces: 0, logs: 0 }
  const serviceName = env.OTEL_SERVICE_NAME ?? service.name
  const signals = (['traces', 'logs'] as const).filter((signal) => isExported(signal, env))
  if (signals.length === 0) return { signals, failures, serviceName, flush: async () => undefined }

  await installHooks()
  // Metrics are scraped from /metrics; these are the SDK's own defaults, where the user has not chosen.
  env.OTEL_METRICS_EXPORTER ??= 'none'
  // Baggage that a client sends would be passed on to everybody we call.
  env.OTEL_PROPAGATORS ??= 'tracecontext'
  env.OTEL_NODE_ENABLED_INSTRUMENTATIONS ??= instrumented
  env.OTEL_SEMCONV_STABILITY_OPT_IN ??= 'http,database'
  const [{ NodeSDK }, { BatchLogRecordProcessor }, { getNodeAutoInstrumentations }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/sdk-logs'),
    import('@opentelemetry/auto-instrumentations-node'),
  ])
  const sdk = new NodeSDK({
    serviceName,
    ...(signals.includes('traces')
      ? { traceExporter: counted(await createTraceExporter(env), () => failures.traces++) }
      : { spanProcessors: [] }),
    logRecordProcessors: signals.includes('logs')
      ? [
          new BatchLogRecordProcessor({
            exporter: counted<LogRecordExporter>(await createLogExporter(env), () => failures.logs++),
          }),
        ]
      : [],
    instrumentations: getNodeAutoInstrumentations({
      '@opentelemetry/instrumentation-http': {
        // http-spans.ts makes those of incoming requests.
        disableIncomingRequestInstrumentation: true,
        requireParentforOutgoingSpans: true,
      },
      '@opentelemetry/instrumentation-undici': {
        requireParentforSpans: true,
        // What callers search for is in the query of the URL, and no business of the trace.
        requestHook: (span, { origin, path }) => {
          span.setAttributes({ 'url.full': `${origin}${path.split('?')[0]}`, 'url.query': '' })
        },
      },
      '@opentelemetry/instrumentation-pg': { requireParentSpan: true },
      // The default shows keys, which hold what callers asked for.
      '@opentelemetry/instrumentation-ioredis': {
        requireParentSpan: true,
        dbStatementSerializer: (command) => command,
      },
    }),
  })
  sdk.start()

  return {
    signals,
    failures,
    serviceName,
    flush: (timeoutMs) =>
      Promise.race([
        sdk.shutdown().catch(() => undefined),
        new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref()),
      ]),
  }
}

interface Exporter {
  export(items: never, done: (result: { code: number }) => void): void
}

/** Calls `onFailure` for each batch that an exporter could not deliver. */
function counted<E extends Exporter>(exporter: E, onFailure: () => void): E {
  const send = exporter.export.bind(exporter)
  exporter.export = (items: never, done) =>
    send(items, (result) => {
      if (result.code !== 0) onFailure()
      done(result)
    })
  return exporter
}
