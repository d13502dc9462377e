import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../../../dev/launcher/loopback-port.ts'
import { afterFile } from '../../support/cleanup.ts'
import { startGateway } from '../../support/gateway/gateway.ts'
import { startDaemon } from './daemon.ts'

/** Built into newer versions than Debian's. */
const queriesOfNewerExporters = `
pg_stat_user_tables:
  query: select current_database() datname, relname, n_dead_tup from pg_stat_user_tables
  metrics:
    - { datname: { usage: LABEL } }
    - { relname: { usage: LABEL } }
    - { n_dead_tup: { usage: GAUGE } }
pg_replication:
  query: select case when pg_is_in_recovery() then extract(epoch from now() - pg_last_xact_replay_timestamp()) else 0 end lag_seconds
  metrics:
    - { lag_seconds: { usage: GAUGE } }
`

const memory = 'process_resident_memory_bytes 1e8\n'

/** Metrics of the programs that do not run here, by the names that test/collector finds in the real one. */
const recorded: Readonly<Record<string, (n: number) => string>> = {
  'otel-collector': (n) =>
    [
      ['otlp_grpc/tempo', 'spans'],
      ['otlp_http/loki', 'log_records'],
    ]
      .map(
        ([exporter, kind]) => `otelcol_exporter_sent_${kind}_total{exporter="${exporter}"} ${n}
otelcol_exporter_send_failed_${kind}_total{exporter="${exporter}"} 0
otelcol_exporter_enqueue_failed_${kind}_total{exporter="${exporter}"} 0
otelcol_exporter_queue_size{exporter="${exporter}"} 3
otelcol_exporter_queue_capacity{exporter="${exporter}"} 1000
`,
      )
      .join('')
      .concat('otelcol_process_memory_rss_bytes 1e8\n'),
  // As many replicas as are running.
  'kube-state-metrics': () =>
    'kube_deployment_spec_replicas{namespace="default",deployment="mcp-server"} 1\n',
  prometheus: () => memory,
  alertmanager: () => memory,
  tempo: (n) => `tempo_distributor_spans_received_total{tenant="single-tenant"} ${n}\n${memory}`,
  loki: (n) => `loki_distributor_lines_received_total{tenant="fake"} ${n}\n${memory}`,
}

/** The exporters of the stores, the gateway, and stand-ins for collector, Tempo and Loki. @returns `host:port` by job */
export async function startMonitoringTargets(
  env: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const [postgres, redis, gateway] = await Promise.all([
    postgresExporter(env),
    redisExporter(env),
    gatewayMetrics(),
  ])
  const others = await Promise.all(
    Object.entries(recorded).map(async ([job, text]) => [job, await serve(text)] as const),
  )
  return { postgres, redis, gateway, ...Object.fromEntries(others) }
}

async function postgresExporter({ DATABASE_URL = '' }: Readonly<Record<string, string>>): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`
  const queries = (directory: string) => join(directory, 'queries.yml')
  await startDaemon({
    command: 'prometheus-postgres-exporter',
    debianPackage: 'prometheus-postgres-exporter',
    readyUrl: `http://${address}/`,
    env: { DATA_SOURCE_NAME: `${DATABASE_URL}?sslmode=disable` },
    prepare: (directory) => writeFile(queries(directory), queriesOfNewerExporters),
    args: (directory) => [`--web.listen-address=${address}`, `--extend.query-path=${queries(directory)}`],
  })
  return address
}

async function redisExporter({ REDIS_URL = '' }: Readonly<Record<string, string>>): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`
  await startDaemon({
    command: 'prometheus-redis-exporter',
    debianPackage: 'prometheus-redis-exporter',
    readyUrl: `http://${address}/health`,
    env: { REDIS_ADDR: REDIS_URL, REDIS_EXPORTER_WEB_LISTEN_ADDRESS: address },
    prepare: async () => undefined,
    args: () => [],
  })
  return address
}

/** Of the shipped gateway, without a replica. */
async function gatewayMetrics(): Promise<string> {
  const gateway = await startGateway({
    addresses: [],
    port: await freePort(),
    opsPort: await freePort(),
  })
  afterFile(() => gateway.stop())
  return gateway.opsUrl.host
}

async function serve(text: (n: number) => string): Promise<string> {
  let scrapes = 0
  const server = createServer((_, response) => response.end(text(10 * scrapes++)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
