import { StatsD } from 'hot-shots'
import type { Config } from '../../config/config.ts'
import type { Logger } from '../log/logger.ts'
import type { PushBackend } from './metrics.ts'

/** Interval for collecting and sending gauges. */
const gaugeIntervalMs = 10_000

/** Sends each measurement by UDP under its Prometheus name, labels as DogStatsD tags, in the same units. */
export function createStatsd(
  { host, port, instance }: NonNullable<Config['statsd']>,
  logger: Logger,
): PushBackend {
  const client = new StatsD({
    host,
    port,
    maxBufferSize: 1_400,
    bufferFlushInterval: 500,
    errorHandler: (error) => logger.debug('statsd send failed', { function: 'send', error }),
  })
  let timer: NodeJS.Timeout | undefined
  return {
    count(name, labels, amount) {
      client.increment(name, amount, labels)
    },
    observe(name, labels, value) {
      client.histogram(name, value, labels)
    },
    set(name, labels, value) {
      // Gauges are per process, and the receiver cannot see the sender.
      client.gauge(name, value, { ...labels, instance })
    },
    // StatsD has no concept of an empty series.
    initSeries: () => undefined,
    startCollecting(metrics) {
      timer = setInterval(() => metrics.collect(), gaugeIntervalMs)
      timer.unref()
    },
    close() {
      clearInterval(timer)
      return new Promise((resolve) => client.close(() => resolve()))
    },
  }
}
