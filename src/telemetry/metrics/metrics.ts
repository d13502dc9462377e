import type { CounterName, GaugeName, HistogramName, LabelsOf } from './definitions.ts'

/** The sampled trace of an observation. */
export interface Exemplar {
  readonly trace_id: string
  readonly span_id: string
}

/** Receives measurements. Every backend gets the same calls, so their numbers agree. */
export interface MetricsBackend {
  count(name: CounterName, labels: Record<string, string>, amount: number): void
  observe(name: HistogramName, labels: Record<string, string>, value: number, exemplar?: Exemplar): void
  set(name: GaugeName, labels: Record<string, string>, value: number): void
  /** Initialises a series at 0, so that `rate()` sees its first increase. */
  initSeries(name: CounterName | HistogramName, labels: Record<string, string>): void
}

/** Sends measurements instead of being scraped. */
export interface PushBackend extends MetricsBackend {
  /** Runs the collect callbacks before gauges are sent. */
  startCollecting(metrics: Pick<Metrics, 'collect'>): void
  /** Stops collecting, and flushes measurements that `Exporting.flush` does not. */
  close(): Promise<void>
}

/** Measurements by name, with exactly the labels of their definition. */
export interface Metrics {
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, amount?: number): void
  observe<Name extends HistogramName>(
    name: Name,
    labels: LabelsOf<Name>,
    value: number,
    exemplar?: Exemplar,
  ): void
  set<Name extends GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): void
  initSeries<Name extends CounterName | HistogramName>(name: Name, labels: LabelsOf<Name>): void
  /** Registers a callback that updates gauges before each collection. */
  onCollect(callback: () => void): void
  /** Counts the growth of a total that is kept elsewhere, at each collection. */
  countTotal<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, read: () => number): void
  /** Runs the registered callbacks. */
  collect(): void
}

export function createMetrics(backends: readonly MetricsBackend[]): Metrics {
  const callbacks: (() => void)[] = []
  const metrics: Metrics = {
    count(name, labels, amount = 1) {
      for (const backend of backends) backend.count(name, labels, amount)
    },
    observe(name, labels, value, exemplar) {
      for (const backend of backends) backend.observe(name, labels, value, exemplar)
    },
    set(name, labels, value) {
      for (const backend of backends) backend.set(name, labels, value)
    },
    initSeries(name, labels) {
      for (const backend of backends) backend.initSeries(name, labels)
    },
    onCollect(callback) {
      callbacks.push(callback)
    },
    countTotal(name, labels, read) {
      let counted = 0
      metrics.initSeries(name, labels)
      metrics.onCollect(() => {
        const total = read()
        metrics.count(name, labels, total - counted)
        counted = total
      })
    },
    collect() {
      for (const callback of callbacks) callback()
    },
  }
  return metrics
}

/** For commands and jobs, which are not scraped. */
export const noopMetrics = createMetrics([])
