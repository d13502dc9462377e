import { setTimeout as delay } from 'node:timers/promises'
import { type RequestHandler, Router } from 'express'
import type { Health } from '../health/health.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import { acceptsOpenMetrics, type Prometheus } from '../telemetry/metrics/prometheus.ts'

export interface OpsOptions {
  readonly health: Health
  readonly metrics: Pick<Metrics, 'collect'>
  readonly prometheus: Pick<Prometheus, 'render'>
  /** Limits `/health` and `/metrics`, which cost more than a probe. */
  readonly limit?: RequestHandler | undefined
}

/** Includes `/status`, which the start page polls and `site.ts` serves. */
const paths = new Set(['/livez', '/readyz', '/health', '/metrics', '/status'])

/** Probes, scrapes and polls, which have no traces. */
export const isOpsPath = (path: string): boolean => paths.has(path.toLowerCase().replace(/\/$/, ''))

/** Pause after a rendering, as a multiple of its duration: a tenth of a core per format, below `maxPauseMs`. */
const pausePerRendering = 9
const maxPauseMs = 1_000

/** Endpoints for probes and scrapers. No Host guard, because these address the server by IP. */
export function createOps({ health, metrics, prometheus, limit }: OpsOptions): RequestHandler {
  const ops = Router()
  ops.use((_req, res, next) => {
    res.set('cache-control', 'no-store')
    next()
  })

  if (limit) ops.use(['/health', '/metrics'], limit)

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

  const shared = { openMetrics: createSharedRendering(), text: createSharedRendering() }

  ops.get('/metrics', async (req, res) => {
    const accept = req.get('accept')
    const { contentType, body } = await shared[acceptsOpenMetrics(accept) ? 'openMetrics' : 'text'](() => {
      metrics.collect()
      return prometheus.render(accept)
    })
    res.set('content-type', contentType).send(body)
  })
  // Fast path: other requests do not enter the router.
  return (req, res, next) => (isOpsPath(req.path) ? ops(req, res, next) : next())
}

type Render = () => ReturnType<Prometheus['render']>

/**
 * Bounds the CPU share of scrapes: those that arrive before a rendering starts share it, and the next waits for a
 * multiple of its duration. A result is never older than its request.
 */
function createSharedRendering(): (render: Render) => ReturnType<Render> {
  let latest: Promise<unknown> = Promise.resolve()
  let waiting: ReturnType<Render> | undefined
  let freeAtMs = 0

  async function renderInTurn(render: Render, earlier: Promise<unknown>): ReturnType<Render> {
    await earlier.catch(() => undefined)
    await delay(Math.max(0, Math.min(maxPauseMs, freeAtMs - performance.now())))
    waiting = undefined
    const startedMs = performance.now()
    const rendering = await render()
    const endedMs = performance.now()
    freeAtMs = endedMs + pausePerRendering * (endedMs - startedMs)
    return rendering
  }

  return (render) => {
    waiting ??= renderInTurn(render, latest)
    latest = waiting
    return waiting
  }
}
