import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterFile } from '../../../support/cleanup.ts'
import { type FaultyApi, startFaultyApi } from '../../../support/faulty-api.ts'
import { type RunningServer, startServer } from '../../../support/server.ts'
import { startAlertmanager } from '../../support/alertmanager.ts'
import { type RunningPrometheus, startPrometheus } from '../../support/prometheus.ts'
import { shortenWindows } from '../../support/shorten-windows.ts'
import { startTraffic, type Traffic } from '../../support/traffic.ts'
import { startWebhook, type Webhook } from '../../support/webhook.ts'
import {
  type Stoppable,
  startStoppableOtlp,
  startStoppablePostgres,
  startStoppableRedis,
} from './own-services.ts'

/** Two replicas under traffic, their dependencies with fault injection, Prometheus and Alertmanager. */
export interface DrillStack {
  readonly postgres: Stoppable
  readonly redis: Stoppable
  readonly api: FaultyApi
  readonly otlp: Stoppable
  readonly servers: readonly RunningServer[]
  /** Settings of a replica. */
  readonly env: Record<string, string>
  readonly prometheus: RunningPrometheus
  readonly webhook: Webhook
  readonly traffic: Traffic
}

/** Divisor of all windows: 5m becomes 10s, `for: 2m` becomes 4s. */
const windowDivisor = 30

const hostOf = ({ url }: { url: string }) => new URL(url).host

export async function startDrillStack(): Promise<DrillStack> {
  const [postgres, redis, otlp, api, webhook] = await Promise.all([
    startStoppablePostgres(),
    startStoppableRedis(),
    startStoppableOtlp(),
    startFaultyApi(),
    startWebhook(),
  ])
  afterFile(() => api.stop())
  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    EXTERNAL_API_URL: api.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    // Export every half second with a short timeout, so that failures show within seconds.
    OTEL_BSP_SCHEDULE_DELAY: '500',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
    OTEL_BSP_EXPORT_TIMEOUT: '1000',
  }
  await promisify(execFile)(process.execPath, ['dist/commands/migrate.js'], {
    env: { ...process.env, ...env },
  })
  // Sequential, because a parallel start may exceed the startup timeout on a busy machine.
  const servers = [await startServer(env), await startServer(env)]
  const [alertmanager, ruleFiles] = await Promise.all([
    startAlertmanager({ webhookUrl: webhook.url }),
    shortenedRuleFiles(),
  ])
  const prometheus = await startPrometheus({
    targets: servers.map(hostOf),
    ruleFiles,
    alertmanagerUrl: alertmanager.url,
  })
  const traffic = await startDrillTraffic(servers)
  return { postgres, redis, api, otlp, servers, env, prometheus, webhook, traffic }
}

export const startDrillTraffic = (servers: readonly RunningServer[]): Promise<Traffic> =>
  startTraffic(
    servers.map(({ url }) => url),
    { perSecond: 12, only: ['search', 'fetch', 'search_wikipedia', 'search_all'], streams: false },
  )

/** The shipped rules with shorter windows. */
async function shortenedRuleFiles(): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'drill-rules-'))
  afterFile(() => rm(directory, { recursive: true, force: true }))
  const shipped = (await readdir('prometheus/rules')).filter((file) => file.endsWith('.yml'))
  return Promise.all(
    shipped.map(async (file) => {
      const path = join(directory, basename(file))
      await writeFile(
        path,
        shortenWindows(await readFile(join('prometheus/rules', file), 'utf8'), windowDivisor),
      )
      return path
    }),
  )
}

export const targetsOf = (servers: readonly { url: string }[]): string[] => servers.map(hostOf)
