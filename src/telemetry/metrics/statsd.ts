import { StatsD } from 'hot-shots'
import type { Logger } from '../log/logger.ts'
import type { Metrics, MetricsBackend } from './metrics.ts'

export interface StatsdConfig {
  readonly host: string
  readonly port: number
  /** Which process sends, for gauges: each is about one process, and the receiver can't see which. */
  readonly instance: string
}

/** How often gauges are read and sent: they are looked at, not written, so somebody has to look. */
const gaugeIntervalMs = 10_000

export interface StatsdBackend extends MetricsBackend {
  /** Begins to send the gauges regularly. */
  follow(metrics: Metrics): void
  /** Sends what is still buffered. */
  close(): Promise<void>
}

/** Sends each measurement by UDP under its Prometheus name, labels as DogStatsD tags, in the same units. */
export function createStatsd({ host, port, instance }: StatsdConfig, logger: Logger): StatsdBackend {
  const client = new StatsD({
    host,
    port,
    maxBufferSize: 1_400,
    bufferFlushInterval: 500,
    errorHandler: (error) => logger.debug('statsd could not be reached', { function: 'send', error }),
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
      client.gauge(name, value, { ...labels, instance })
    },
    // StatsD knows a series when it is written to, not before.
    initSeries: () => undefined,
    follow(metrics) {
      timer = setInterval(() => metrics.collect(), gaugeIntervalMs)
      timer.unref()
    },
    close() {
      clearInterval(timer)
      return new Promise((resolve) => client.close(() => resolve()))
    },
  }
}
