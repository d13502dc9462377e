import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InMemoryServerEventBus } from '@modelcontextprotocol/server'
import { anonymous } from '../../src/auth/caller.ts'
import type { Services } from '../../src/domain.ts'
import type { Catalog } from '../../src/mcp/catalog.ts'
import { createEndpoint } from '../../src/mcp/endpoint.ts'
import { pipelineStages } from '../../src/mcp/pipeline/stages.ts'
import { createCache } from '../../src/redis/cache.ts'
import { createRedis, waitUntilReady } from '../../src/redis/client.ts'
import { createLogSink } from '../../src/telemetry/log/log-sink.ts'
import { createMetricsSink } from '../../src/telemetry/metrics/metrics-sink.ts'
import type { EndedRecord } from '../../src/telemetry/observer.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { afterFile } from './cleanup.ts'
import { LineRecorder } from './logger.ts'
import { startTestRedis } from './redis.ts'

export interface ServedCatalog {
  readonly url: URL
  readonly lines: Record<string, unknown>[]
  readonly records: EndedRecord[]
  /** The metrics in the Prometheus text format. */
  metrics(): Promise<string>
}

/** Serves definitions of a test by the endpoint, pipeline, cache and telemetry of the server. */
export async function serveCatalog(definitions: Partial<Catalog>): Promise<ServedCatalog> {
  const catalog = { tools: [], prompts: [], resources: [], ...definitions }
  const lines: Record<string, unknown>[] = []
  const records: EndedRecord[] = []
  const { logger, metrics, prometheus, observer, reject } = createTelemetry({
    commit: 'none',
    log: { level: 'info', format: 'json' },
    output: new LineRecorder((line) => lines.push(JSON.parse(line))),
    statsd: undefined,
    tools: catalog.tools.map(({ name }) => name),
    prompts: catalog.prompts.map(({ name }) => name),
    sinks: [createMetricsSink, createLogSink, () => ({ end: (record) => void records.push(record) })],
  })
  const redis = createRedis({ url: (await startTestRedis()).url, logger, metrics })
  afterFile(() => redis.disconnect())
  await waitUntilReady(redis, 2_000)
  const endpoint = createEndpoint({
    server: { name: 'served-catalog', title: 'Served', version: '1.0.0', websiteUrl: 'http://localhost' },
    instructions: 'A server under test.',
    catalog,
    stages: pipelineStages(createCache({ redis, logger })),
    services: {} as Services,
    observer,
    reject,
    bus: new InMemoryServerEventBus(),
    logger,
  })
  const server = createServer((req, res) => endpoint.handle(req, res, anonymous)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`),
    lines,
    records,
    metrics: async () => (await prometheus.render(undefined)).body,
  }
}
