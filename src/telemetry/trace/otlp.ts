import type { LogRecordExporter } from '@opentelemetry/sdk-logs'
import type { tracing } from '@opentelemetry/sdk-node'
import { ConfigError } from '../../config/config.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Whether a signal is exported (OpenTelemetry, "General SDK Configuration"). Two defaults differ from the
 * specification: traces need an endpoint, and logs, which are on stdout, need `OTEL_LOGS_EXPORTER=otlp`.
 */
export function isExported(signal: 'traces' | 'logs', env: Environment): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false
  const variable = signal.toUpperCase()
  const hasEndpoint = Boolean(
    env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env[`OTEL_EXPORTER_OTLP_${variable}_ENDPOINT`],
  )
  const exporter = env[`OTEL_${variable}_EXPORTER`] ?? (signal === 'traces' && hasEndpoint ? 'otlp' : 'none')
  return exporter === 'otlp'
}

/** An exporter for the configured protocol; the specification's default is `http/protobuf`. */
export async function createTraceExporter(env: Environment): Promise<tracing.SpanExporter> {
  switch (protocolOf('TRACES', env)) {
    case 'grpc':
      return new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter()
    case 'http/json':
      return new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter()
    default:
      return new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter()
  }
}

export async function createLogExporter(env: Environment): Promise<LogRecordExporter> {
  switch (protocolOf('LOGS', env)) {
    case 'grpc':
      return new (await import('@opentelemetry/exporter-logs-otlp-grpc')).OTLPLogExporter()
    case 'http/json':
      return new (await import('@opentelemetry/exporter-logs-otlp-http')).OTLPLogExporter()
    default:
      return new (await import('@opentelemetry/exporter-logs-otlp-proto')).OTLPLogExporter()
  }
}

const protocols = ['http/protobuf', 'http/json', 'grpc']

function protocolOf(signal: string, env: Environment): string | undefined {
  for (const name of [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    const protocol = env[name]
    if (protocol === undefined) continue
    if (!protocols.includes(protocol)) throw new ConfigError([`${name}: must be ${protocols.join(' or ')}`])
    return protocol
  }
  return undefined
}
