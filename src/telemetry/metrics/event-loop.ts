import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type client from 'prom-client'

const windowMs = 60_000

/** Sampling interval that silences prom-client's own monitor, which is replaced here. */
export const idlePrecisionMs = 2 ** 30

/**
 * Sets prom-client's event-loop gauges to statistics of the last 30 to 60 seconds. prom-client itself resets its
 * histogram at each scrape, so that each of two scrapers misses the delays that the other has read.
 */
export function measureEventLoop(registry: client.Registry<client.OpenMetricsContentType>): void {
  let older = startMonitor()
  let newer = startMonitor()
  setInterval(() => {
    older.reset()
    ;[older, newer] = [newer, older]
  }, windowMs / 2).unref()

  const gauge = (figure: string) =>
    registry.getSingleMetric(`nodejs_eventloop_lag_${figure}seconds`) as client.Gauge
  const figures: Readonly<Record<string, (histogram: IntervalHistogram) => number>> = {
    min_: ({ min }) => min,
    max_: ({ max }) => max,
    mean_: ({ mean }) => mean,
    stddev_: ({ stddev }) => stddev,
    p50_: (histogram) => histogram.percentile(50),
    p90_: (histogram) => histogram.percentile(90),
    p99_: (histogram) => histogram.percentile(99),
  }
  const current = gauge('')
  Object.assign(current, {
    collect() {
      const startedAtMs = performance.now()
      setImmediate(() => current.set((performance.now() - startedAtMs) / 1e3))
      for (const [name, read] of Object.entries(figures)) gauge(name).set(read(older) / 1e9)
    },
  })
}

function startMonitor(): IntervalHistogram {
  const histogram = monitorEventLoopDelay({ resolution: 10 })
  histogram.enable()
  return histogram
}
