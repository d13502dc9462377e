import type { CounterName, GaugeName, HistogramName, LabelsOf } from './definitions.ts'

/** Which trace an observation belongs to. */
export interface Exemplar {
  readonly trace_id: string
  readonly span_id: string
}

/** Where measurements go. Every backend is told the same, so their numbers are the same. */
export interface MetricsBackend {
  count(name: CounterName, labels: Record<string, string>, amount: number): void
  observe(name: HistogramName, labels: Record<string, string>, value: number, exemplar?: Exemplar): void
  set(name: GaugeName, labels: Record<string, string>, value: number): void
  /** Makes a series that may be written later visible now, so that its first increase is not missed. */
  initSeries(name: CounterName | HistogramName, labels: Record<string, string>): void
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
  /** Registers what is measured by looking: called before the gauges are read. */
  onCollect(measure: () => void): void
  /** Calls everything that `onCollect` registered. */
  collect(): void
}

export function createMetrics(backends: readonly MetricsBackend[]): Metrics {
  const measures: (() => void)[] = []
  return {
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
    onCollect(measure) {
      measures.push(measure)
    },
    collect() {
      for (const measure of measures) measure()
    },
  }
}
