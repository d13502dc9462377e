import { existsSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { startDaemon } from '../stack/support/daemon.ts'
import { findCollector } from './binary.ts'

// biome-ignore lint/suspicious/noExplicitAny: OTLP's JSON encoding
type Json = any

const shipped = resolve('deploy/otel-collector/config.yaml')

export interface Collector {
  /** Accepts OTLP over HTTP. */
  readonly url: string
  readonly metricsUrl: string
  /** Received in place of Tempo, as `resourceSpans`, and of Loki, as `resourceLogs`. */
  traces(): Json[]
  logs(): Json[]
}

/**
 * The real collector with the configuration of docker-compose.yml, on loopback. Files take the place of Tempo and Loki.
 * @param overrides further configuration, merged with the shipped one
 */
export async function startCollector(overrides: object = {}): Promise<Collector> {
  const command = findCollector()
  if (command === undefined) throw new Error('No collector: run "npm run test:collector", which builds one.')
  const [grpc, http, health, metrics] = await Promise.all(Array.from({ length: 4 }, freePort))
  // Lists are replaced, not merged.
  const [reader] = parse(await readFile(shipped, 'utf8')).service.telemetry.metrics.readers
  const prometheus = { ...reader.pull.exporter.prometheus, host: '127.0.0.1' }
  const here = (directory: string) =>
    stringify({
      receivers: {
        otlp: {
          protocols: {
            grpc: { endpoint: `127.0.0.1:${grpc}` },
            http: { endpoint: `127.0.0.1:${http}` },
          },
        },
      },
      exporters: {
        'file/traces': { path: join(directory, 'traces.jsonl'), flush_interval: '100ms' },
        'file/logs': { path: join(directory, 'logs.jsonl'), flush_interval: '100ms' },
      },
      extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
      service: {
        telemetry: {
          metrics: {
            readers: [{ pull: { exporter: { prometheus: { ...prometheus, port: metrics } } } }],
          },
        },
        pipelines: { traces: { exporters: ['file/traces'] }, logs: { exporters: ['file/logs'] } },
      },
    })
  const { directory } = await startDaemon({
    command,
    debianPackage: 'none',
    readyUrl: `http://127.0.0.1:${health}/`,
    prepare: async (folder) => {
      await writeFile(join(folder, 'here.yaml'), here(folder))
      await writeFile(join(folder, 'overrides.yaml'), stringify(overrides))
    },
    args: (folder) => [
      `--config=${shipped}`,
      `--config=${join(folder, 'here.yaml')}`,
      `--config=${join(folder, 'overrides.yaml')}`,
    ],
  })

  const read = (file: string, property: string): Json[] => {
    const path = join(directory, file)
    if (!existsSync(path)) return []
    // The last line may not be complete yet.
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
    return lines.flatMap((line) => JSON.parse(line)[property])
  }
  return {
    url: `http://127.0.0.1:${http}`,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    traces: () => read('traces.jsonl', 'resourceSpans'),
    logs: () => read('logs.jsonl', 'resourceLogs'),
  }
}

/** Spans of `resourceSpans`. */
export const spansOf = (resourceSpans: readonly Json[]): Json[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }: Json) => spans))

/** Log records of `resourceLogs`. */
export const recordsOf = (resourceLogs: readonly Json[]): Json[] =>
  resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }: Json) => logRecords))

/** Sends OTLP in JSON. */
export async function send(collector: Collector, signal: 'traces' | 'logs', body: object): Promise<void> {
  const response = await fetch(`${collector.url}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`the collector returned ${response.status}: ${await response.text()}`)
}
