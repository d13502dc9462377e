import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../../support/cleanup.ts'

export interface NotifiedAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
}

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface Notification {
  readonly status: 'firing' | 'resolved'
  readonly alerts: readonly NotifiedAlert[]
  /** Milliseconds since 1970. */
  readonly receivedAtMs: number
}

export interface Webhook {
  readonly url: string
  /** Received notifications, oldest first. */
  readonly notifications: readonly Notification[]
  /** Waits for a notification of a matching alert, including earlier ones. */
  alert(matches: (alert: NotifiedAlert) => boolean, timeoutMs?: number): Promise<NotifiedAlert>
  stop(): Promise<void>
}

/** Receives the notifications of Alertmanager. */
export async function startWebhook(): Promise<Webhook> {
  const notifications: Notification[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { status, alerts } = JSON.parse(body) as Notification
    notifications.push({ status, alerts, receivedAtMs: Date.now() })
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = async () => {
    server.close().closeAllConnections()
  }
  afterFile(stop)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    notifications,
    async alert(matches, timeoutMs = 60_000) {
      for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await delay(50)) {
        const found = notifications.flatMap(({ alerts }) => alerts).find(matches)
        if (found !== undefined) return found
      }
      const received = notifications.flatMap(({ alerts }) =>
        alerts.map((a) => `${a.labels.alertname} ${a.status}`),
      )
      throw new Error(`no matching alert within ${timeoutMs} ms; received: ${received.join(', ') || 'none'}`)
    },
    stop,
  }
}
