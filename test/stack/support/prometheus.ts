import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { freePort } from '../../../dev/launcher/loopback-port.ts'
import { startDaemon } from './daemon.ts'
import { createPrometheusApi, type PrometheusApi } from './prometheus-api.ts'

export interface ScrapeConfig {
  /** `host:port` of ops endpoints. */
  readonly targets: readonly string[]
  /** Paths of rule files. */
  readonly ruleFiles?: readonly string[]
}

export interface PrometheusOptions extends ScrapeConfig {
  readonly alertmanagerUrl?: string
  /** Scrape and evaluation interval in seconds. */
  readonly scrapeInterval?: number
}

export interface RunningPrometheus extends PrometheusApi {
  readonly url: string
  /** Reloads the configuration with changed targets or rules. */
  reload(changes?: Partial<ScrapeConfig>): Promise<void>
  stop(): Promise<void>
}

/** The job name of prometheus/prometheus.yml, which rules and dashboards select. */
const jobName = 'mcp-server'

/** Debian's Prometheus on loopback: it scrapes the replicas and stores exemplars. */
export async function startPrometheus({
  alertmanagerUrl,
  scrapeInterval = 1,
  ...config
}: PrometheusOptions): Promise<RunningPrometheus> {
  const address = `127.0.0.1:${await freePort()}`
  const url = `http://${address}`
  let current: ScrapeConfig = config
  const configuration = () =>
    stringify({
      global: {
        scrape_interval: `${scrapeInterval}s`,
        scrape_timeout: `${scrapeInterval}s`,
        evaluation_interval: `${scrapeInterval}s`,
      },
      rule_files: current.ruleFiles ?? [],
      ...(alertmanagerUrl && {
        alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanagerUrl).host] }] }] },
      }),
      scrape_configs: [{ job_name: jobName, static_configs: [{ targets: current.targets }] }],
    })
  const configFile = (directory: string) => join(directory, 'prometheus.yml')
  const daemon = await startDaemon({
    command: 'prometheus',
    debianPackage: 'prometheus',
    readyUrl: `${url}/-/ready`,
    prepare: (directory) => writeFile(configFile(directory), configuration()),
    args: (directory) => [
      `--config.file=${configFile(directory)}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.enable-lifecycle',
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ],
  })

  return {
    ...createPrometheusApi(url),
    url,
    async reload(changes = {}) {
      current = { ...current, ...changes }
      await writeFile(configFile(daemon.directory), configuration())
      const response = await fetch(`${url}/-/reload`, { method: 'POST' })
      const text = await response.text()
      if (!response.ok) throw new Error(`Prometheus rejected its configuration: ${text}`)
    },
    stop: daemon.stop,
  }
}
