import type { LogRecordExporter } from '@opentelemetry/sdk-logs'
import { service } from '../../config/package.ts'
import { createLogExporter, createTraceExporter, isExported } from './otlp.ts'

export type Signal = 'traces' | 'logs'
type Environment = Record<string, string | undefined>

/** The OpenTelemetry export of this process. */
export interface Exporting {
  readonly signals: readonly Signal[]
  /** `OTEL_SERVICE_NAME`, so that log and traces use the same name. */
  readonly serviceName: string
  /** Batches that failed to export. */
  readonly failures: Readonly<Record<Signal, number>>
  /** Flushes pending batches, within the timeout. Never rejects. */
  flush(timeoutMs: number): Promise<void>
}

/** Default of `OTEL_NODE_ENABLED_INSTRUMENTATIONS`. */
const defaultInstrumentations = 'http,undici,pg,ioredis'

/**
 * Starts the OpenTelemetry SDK for the signals that the environment enables.
 * @param installHooks lets instrumentations patch modules that are loaded later
 */
export async function createExporting(
  env: Environment,
  installHooks: () => Promise<void>,
): Promise<Exporting> {
  // Compose files and shells pass on empty variables, which the SDK would take for values.
  for (const name of Object.keys(env))
    if (name.startsWith('OTEL_') && env[name]?.trim() === '') delete env[name]
  const failures = { traces: 0, logs: 0 }
  const serviceName = env.OTEL_SERVICE_NAME ?? service.name
  const signals = (['traces', 'logs'] as const).filter((signal) => isExported(signal, env))
  if (signals.length === 0) return { signals, failures, serviceName, flush: async () => undefined }

  await installHooks()
  // Metrics are scraped from /metrics.
  env.OTEL_METRICS_EXPORTER ??= 'none'
  // No baggage, because a client's baggage would be forwarded to every upstream.
  env.OTEL_PROPAGATORS ??= 'tracecontext'
  env.OTEL_NODE_ENABLED_INSTRUMENTATIONS ??= defaultInstrumentations
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

/** Calls `onFailure` for each batch that fails to export. */
function counted<E extends Exporter>(exporter: E, onFailure: () => void): E {
  const send = exporter.export.bind(exporter)
  exporter.export = (items: never, done) =>
    send(items, (result) => {
      if (result.code !== 0) onFailure()
      done(result)
    })
  return exporter
}
