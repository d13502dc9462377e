import type { LogRecordExporter } from '@opentelemetry/sdk-logs'
import type { metrics, tracing } from '@opentelemetry/sdk-node'
import { ConfigError } from '../../config/config.ts'
import { wholeNumber } from '../../config/formats.ts'

export const otlpSignals = ['traces', 'logs', 'metrics'] as const
export type Signal = (typeof otlpSignals)[number]
type Environment = Readonly<Record<string, string | undefined>>

/**
 * Whether `otlp` is among the exporters of a signal (OpenTelemetry, "General SDK Configuration"). Two defaults differ
 * from the specification: traces need an endpoint; logs, which are on stdout, and metrics, which are at /metrics, need
 * `OTEL_LOGS_EXPORTER` and `OTEL_METRICS_EXPORTER`.
 * @throws ConfigError if its endpoint is no URL
 */
export function isExported(signal: Signal, env: Environment): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false
  const variable = signal.toUpperCase()
  const hasEndpoint = endpointVariables(signal).some((name) => env[name])
  const exporters = env[`OTEL_${variable}_EXPORTER`] ?? (signal === 'traces' && hasEndpoint ? 'otlp' : 'none')
  const exported = exporters.split(',').some((exporter) => exporter.trim() === 'otlp')
  if (exported) endpointOf(signal, env)
  return exported
}

const endpointVariables = (signal: string) => [
  `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`,
  'OTEL_EXPORTER_OTLP_ENDPOINT',
]

/** @throws ConfigError if the endpoint is no URL: the exporters would fail later, or use another address */
export function endpointOf(signal: Signal, env: Environment): string {
  const name = endpointVariables(signal).find((variable) => env[variable])
  const endpoint = name === undefined ? 'http://localhost:4318' : (env[name] ?? '')
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint))
    throw new ConfigError([`${name}: must be a URL that starts with http:// or https://`])
  return endpoint
}

/** An exporter for the configured protocol. */
export async function createTraceExporter(env: Environment): Promise<tracing.SpanExporter> {
  const { OTLPTraceExporter } = await {
    grpc: () => import('@opentelemetry/exporter-trace-otlp-grpc'),
    'http/json': () => import('@opentelemetry/exporter-trace-otlp-http'),
    'http/protobuf': () => import('@opentelemetry/exporter-trace-otlp-proto'),
  }[protocolOf('TRACES', env)]()
  return new OTLPTraceExporter()
}

export async function createLogExporter(env: Environment): Promise<LogRecordExporter> {
  const { OTLPLogExporter } = await {
    grpc: () => import('@opentelemetry/exporter-logs-otlp-grpc'),
    'http/json': () => import('@opentelemetry/exporter-logs-otlp-http'),
    'http/protobuf': () => import('@opentelemetry/exporter-logs-otlp-proto'),
  }[protocolOf('LOGS', env)]()
  return new OTLPLogExporter()
}

export async function createMetricExporter(env: Environment): Promise<metrics.PushMetricExporter> {
  // The exporter would take the default for an unknown value.
  oneOf(['cumulative', 'delta', 'lowmemory'], ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'], env)
  const { OTLPMetricExporter } = await {
    grpc: () => import('@opentelemetry/exporter-metrics-otlp-grpc'),
    'http/json': () => import('@opentelemetry/exporter-metrics-otlp-http'),
    'http/protobuf': () => import('@opentelemetry/exporter-metrics-otlp-proto'),
  }[protocolOf('METRICS', env)]()
  return new OTLPMetricExporter()
}

export function metricIntervalMs({ OTEL_METRIC_EXPORT_INTERVAL: value }: Environment): number {
  const { data, error } = wholeNumber(100, 3_600_000).default(60_000).safeParse(value)
  if (error) throw new ConfigError([`OTEL_METRIC_EXPORT_INTERVAL: ${error.issues[0]?.message}`])
  return data
}

/** The specification's default is `http/protobuf`. */
const protocolOf = (signal: string, env: Environment) =>
  oneOf(
    ['http/protobuf', 'http/json', 'grpc'],
    [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, 'OTEL_EXPORTER_OTLP_PROTOCOL'],
    env,
  )

/** Value of the first variable that is set, by default the first value. @throws ConfigError for any other value */
function oneOf<Value extends string>(
  values: readonly [Value, ...Value[]],
  names: string[],
  env: Environment,
): Value {
  const name = names.find((variable) => env[variable] !== undefined)
  if (name === undefined) return values[0]
  const value = values.find((value) => value === env[name]?.toLowerCase())
  if (value === undefined) throw new ConfigError([`${name}: must be ${values.join(' or ')}`])
  return value
}
