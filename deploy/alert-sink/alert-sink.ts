/**
 * Receives Alertmanager's webhooks in place of a pager and a chat: prints each as a JSON line, serves a page at `/`
 * and the latest notifications at `/notifications` (oldest first). Keeps them in memory only. Runbooks are under
 * `/runbooks/`, also while the server is down.
 *
 *     node alert-sink.ts READY_URL RUNBOOK_PAGES
 */
import { createAlertSink } from './server.ts'

const [, , readyUrl = '', pages = ''] = process.argv
const server = createAlertSink((notification) => process.stdout.write(`${JSON.stringify(notification)}\n`), {
  readyUrl,
  pages,
  folder: '/opt/runbooks',
})

server.listen(9095)
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => server.close().closeAllConnections())
}
