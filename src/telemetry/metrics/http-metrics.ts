import type { Server, ServerResponse } from 'node:http'
import { routeOf } from '../trace/http-spans.ts'
import { unknownLabel } from './labels.ts'
import type { Metrics } from './metrics.ts'

/** Methods with a label value of their own; Node's parser accepts about 30. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])

/** Times each request that Node could parse, rejected ones included, except streams, which the client ends. */
export function measureHttp(server: Server, metrics: Metrics): void {
  server.prependListener('request', (req, res: ServerResponse & { locals?: { isStream?: boolean } }) => {
    const startedAtMs = performance.now()
    res.once('close', () => {
      if (res.locals?.isStream) return
      const method = req.method ?? ''
      const labels = {
        http_request_method: methods.has(method) ? method : '_OTHER',
        http_route: routeOf(req) ?? unknownLabel,
        http_response_status_code: res.headersSent ? String(res.statusCode) : '',
      }
      metrics.observe(
        'http_server_request_duration_seconds',
        labels,
        (performance.now() - startedAtMs) / 1000,
      )
    })
  })
}
