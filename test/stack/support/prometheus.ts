import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
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
  /** `host:port` of the blackbox exporter, and the URL that each of its modules probes. */
  readonly probes?: { readonly exporter: string; readonly targets: Readonly<Record<string, string>> }
  /** `host:port` of further targets by job. */
  readonly jobs?: Readonly<Record<string, string>>
  /** Scrape and evaluation interval in seconds. */
  readonly scrapeInterval?: number
}

export interface RunningPrometheus extends PrometheusApi {
  readonly url: string
  /** Where the links of alerts lead. */
  readonly alertLinks: { readonly RUNBOOK_URL_PREFIX: string; readonly GRAFANA_URL: string }
  /** Reloads the configuration with changed targets or rules. */
  reload(changes?: Partial<ScrapeConfig>): Promise<void>
  stop(): Promise<void>
}

/** The job name of prometheus/prometheus.yml, which rules and dashboards select. */
const jobName = 'mcp-server'

/** Where the links of alerts lead. */
const alertLinks = {
  RUNBOOK_URL_PREFIX: 'http://localhost:9095/runbooks/',
  GRAFANA_URL: 'http://localhost:3000',
}

/** What the shipped configuration does for the links. */
const { global, alerting } = parse(readFileSync('prometheus/prometheus.yml', 'utf8'))

/** Debian's Prometheus on loopback: it scrapes the replicas and stores exemplars. */
export async function startPrometheus({
  alertmanagerUrl,
  probes,
  jobs = {},
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
        external_labels: global.external_labels,
      },
      rule_files: current.ruleFiles ?? [],
      ...(alertmanagerUrl && {
        alerting: {
          ...alerting,
          alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanagerUrl).host] }] }],
        },
      }),
      scrape_configs: [
        { job_name: jobName, static_configs: [{ targets: current.targets }] },
        ...Object.entries(jobs).map(([job, target]) => ({
          job_name: job,
          static_configs: [{ targets: [target] }],
        })),
        ...Object.entries(probes?.targets ?? {}).map(([module, target]) => ({
          job_name: `probe-${module}`,
          metrics_path: '/probe',
          params: { module: [module], target: [target] },
          static_configs: [
            { targets: [probes?.exporter], labels: { job: 'mcp-probe', probe: module, instance: target } },
          ],
        })),
      ],
    })
  const configFile = (directory: string) => join(directory, 'prometheus.yml')
  const daemon = await startDaemon({
    command: 'prometheus',
    env: alertLinks,
    debianPackage: 'prometheus',
    readyUrl: `${url}/-/ready`,
    prepare: (directory) => writeFile(configFile(directory), configuration()),
    args: (directory) => [
      `--config.file=${configFile(directory)}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.enable-lifecycle',
      '--enable-feature=exemplar-storage,expand-external-labels',
      '--log.level=warn',
    ],
  })

  return {
    ...createPrometheusApi(url),
    url,
    alertLinks,
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
