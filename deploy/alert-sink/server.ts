import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type Notification, parseNotification } from './notification.ts'
import { page } from './page.ts'
import { type RunbookSources, sendRunbook } from './runbooks.ts'

/** Together with `maxNotifications` a bound on memory. */
const maxBodyBytes = 256 * 1024
const maxNotifications = 200

/** Together with the content type check, prevents cross-site requests and DNS rebinding. */
const allowedHosts = /^(alert-sink|localhost|127\.0\.0\.1)(:\d+)?$/

/** @param onNotification called for each notification, including the dead man's switch */
export function createAlertSink(
  onNotification: (notification: Notification) => void,
  runbooks: RunbookSources,
): Server {
  const notifications: Notification[] = []
  /** Last arrival of the dead man's switch, which fires every minute. */
  let watchdogAt: string | undefined

  /** @returns the HTTP status */
  async function receive(request: IncomingMessage): Promise<number> {
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return 415
    const body = await readBody(request)
    if (body === undefined) return 413
    try {
      const notification = parseNotification(body)
      onNotification(notification)
      if (request.url === '/watchdog') watchdogAt = notification.receivedAt
      else notifications.push(notification)
      notifications.splice(0, notifications.length - maxNotifications)
      return 200
    } catch {
      return 400
    }
  }

  return createServer({ requestTimeout: 10_000 }, async (request, response) => {
    const { method, url = '', headers } = request
    const runbook = /^\/runbooks\/([a-z0-9-]+)$/.exec(url)?.[1]
    if (!allowedHosts.test(headers.host ?? '')) {
      response.writeHead(421).end()
    } else if (method === 'GET' && url === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(page(notifications, watchdogAt))
    } else if (method === 'GET' && url === '/notifications') {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(notifications))
    } else if (method === 'GET' && runbook !== undefined) {
      await sendRunbook(response, runbook, runbooks)
    } else if (method === 'POST' && (url === '/' || url === '/watchdog')) {
      const status = await receive(request).catch(() => 400)
      // The rest of a rejected body is not read.
      response.writeHead(status, status === 200 ? {} : { connection: 'close' }).end()
    } else {
      response.writeHead(404).end()
    }
  })
}

/** @returns undefined if the body is too large */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
