/**
 * Takes Alertmanager's webhooks where a pager and a chat would be, and shows them: one JSON line each on
 * stdout, a page under `/`, all that is kept under `/notifications` (oldest first). Forgets with a restart.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { page } from './page.ts'

/** Alertmanager's webhook payload, as far as it is shown. */
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

const kept = 200
const notifications: Notification[] = []
/** The dead man's switch comes every minute; only its latest arrival is of interest. */
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
    else take(payload, url)
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

function take({ receiver, status, alerts }: Payload, url: string): void {
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
  if (notifications.length > kept) notifications.shift()
}

server.listen(9095)
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => server.close().closeAllConnections())
}
