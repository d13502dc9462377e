/**
 * Receives Alertmanager's webhooks in place of a pager and a chat: prints each as a JSON line, serves a page at `/`
 * and the latest notifications at `/notifications` (oldest first). Keeps them in memory only.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { page } from './page.ts'

/** Alertmanager's webhook payload, reduced to the displayed fields. */
interface Payload {
  readonly receiver: string
  readonly status: string
  readonly alerts: readonly {
    readonly status: string
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
    readonly startsAt: string
    readonly endsAt: string
  }[]
}

export interface Notification extends Payload {
  readonly receivedAt: string
}

const maxNotifications = 200
const notifications: Notification[] = []
/** Last arrival of the dead man's switch, which fires every minute. */
let watchdogAt: string | undefined

const server = createServer(async (request, response) => {
  const { method, url } = request
  if (method === 'GET' && url === '/') {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(page(notifications, watchdogAt))
  } else if (method === 'GET' && url === '/notifications') {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(notifications))
  } else if (method === 'POST' && (url === '/' || url === '/watchdog')) {
    const payload = await readPayload(request)
    if (payload === undefined) response.statusCode = 400
    else store(payload, url)
    response.end()
  } else {
    response.writeHead(404).end()
  }
})

async function readPayload(request: IncomingMessage): Promise<Payload | undefined> {
  try {
    let body = ''
    for await (const chunk of request) body += chunk
    const payload = JSON.parse(body) as Payload
    return Array.isArray(payload.alerts) ? payload : undefined
  } catch {
    return undefined
  }
}

function store({ receiver, status, alerts }: Payload, url: string): void {
  const receivedAt = new Date().toISOString()
  const notification: Notification = {
    receivedAt,
    receiver,
    status,
    alerts: alerts.map(({ status, labels, annotations, startsAt, endsAt }) => ({
      status,
      labels,
      annotations,
      startsAt,
      endsAt,
    })),
  }
  process.stdout.write(`${JSON.stringify(notification)}\n`)
  if (url === '/watchdog') {
    watchdogAt = receivedAt
    return
  }
  notifications.push(notification)
  if (notifications.length > maxNotifications) notifications.shift()
}

server.listen(9095)
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => server.close().closeAllConnections())
}
