import { Router } from 'express'
import type { Health } from '../health/health.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import type { Prometheus } from '../telemetry/metrics/prometheus.ts'

export interface OpsOptions {
  readonly health: Health
  readonly metrics: Pick<Metrics, 'collect'>
  readonly prometheus: Pick<Prometheus, 'render'>
}

const paths = new Set(['/livez', '/readyz', '/health', '/metrics'])

/** Endpoints for probes and scrapers. No Host guard, because these address the server by IP. */
export function createOps({ health, metrics, prometheus }: OpsOptions): Router {
  const ops = Router()
  // Fast path: other requests skip the routes below.
  ops.use((req, _res, next) =>
    next(paths.has(req.path.toLowerCase().replace(/\/$/, '')) ? undefined : 'router'),
  )
  ops.use((_req, res, next) => {
    res.set('cache-control', 'no-store')
    next()
  })

  /** Checks no dependency, because restarting this process would fix none. */
  ops.get('/livez', (_req, res) => {
    res.json({ status: 'alive' })
  })

  ops.get('/readyz', async (_req, res) => {
    const { ready, reason } = await health.readiness()
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', reason })
  })

  ops.get('/health', async (_req, res) => {
    const report = await health.report()
    res.status(report.status === 'healthy' ? 200 : 503).json(report)
  })

  ops.get('/metrics', async (req, res) => {
    metrics.collect()
    const { contentType, body } = await prometheus.render(req.get('accept'))
    res.set('content-type', contentType).send(body)
  })
  return ops
}
