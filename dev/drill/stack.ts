import { ExpectedError } from '../lib/expected-error.ts'
import { compose, lines } from './compose.ts'
import type { ActiveAlert } from './follow-alerts.ts'
import type { Watch } from './run-drill.ts'

export type StackAddresses = ReturnType<typeof stackAddresses>

/** Addresses of the compose stack, from the variables of docker-compose.yml. */
export function stackAddresses(env: NodeJS.ProcessEnv) {
  const at = (variable: string, port: number) => `http://localhost:${env[variable] || port}`
  return {
    gateway: at('GATEWAY_PORT', 8080),
    prometheus: at('PROMETHEUS_PORT', 9090),
    alertmanager: at('ALERTMANAGER_PORT', 9093),
    alertSink: at('ALERT_SINK_PORT', 9095),
    grafana: at('GRAFANA_PORT', 3000),
  }
}

const requestTimeoutMs = 5_000

async function get(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) })
  if (!response.ok) throw new Error(`${url} responded ${response.status}`)
  return response
}

const getJson = async <T>(url: string): Promise<T> => (await (await get(url)).json()) as T

/** @throws ExpectedError naming the missing part */
export async function assertStackRuns({
  prometheus,
  alertmanager,
  alertSink,
}: StackAddresses): Promise<void> {
  const howTo = 'Start the stack with "docker compose up -d --build --wait", then try again.'
  const running = lines(await compose('ps', '--services', '--status', 'running'))
  if (!running.includes('server')) throw new ExpectedError(`The compose stack is not running. ${howTo}`)
  for (const url of [`${prometheus}/-/ready`, `${alertmanager}/-/ready`, `${alertSink}/notifications`])
    await get(url)
      .then((response) => response.text())
      .catch(() => Promise.reject(new ExpectedError(`${url} is not ready. ${howTo}`)))
}

/** Reads Prometheus' HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/) and the alert sink. */
export function watchStack({ prometheus, alertSink }: StackAddresses): Watch {
  return {
    async alerts() {
      const { data } = await getJson<{ data: { alerts: ActiveAlert[] } }>(`${prometheus}/api/v1/alerts`)
      return data.alerts
    },
    async query(promql) {
      const query = new URLSearchParams({ query: promql })
      const { data } = await getJson<{ data: { result: unknown[] } }>(`${prometheus}/api/v1/query?${query}`)
      return data.result
    },
    async notifications() {
      type Notification = {
        receivedAt: string
        alerts: { status: string; labels: Record<string, string> }[]
      }
      const notifications = await getJson<Notification[]>(`${alertSink}/notifications`)
      return notifications.flatMap(({ receivedAt, alerts }) =>
        alerts.map(({ status, labels }) => ({ atMs: Date.parse(receivedAt), status, labels })),
      )
    },
  }
}
