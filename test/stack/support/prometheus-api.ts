/** The parts of Prometheus' HTTP API that the tests use: https://prometheus.io/docs/prometheus/latest/querying/api/ */

type LabelSet = Readonly<Record<string, string>>

export interface InstantSample {
  readonly metric: LabelSet
  readonly value: number
}

export interface RangeSeries {
  readonly metric: LabelSet
  readonly values: readonly (readonly [timestamp: number, value: number])[]
}

export interface ExemplarSeries {
  readonly seriesLabels: LabelSet
  readonly exemplars: readonly {
    readonly labels: LabelSet
    readonly value: number
    readonly timestamp: number
  }[]
}

export interface Alert {
  readonly state: 'pending' | 'firing'
  readonly labels: LabelSet
  readonly annotations: LabelSet
  readonly activeAt: string
  readonly value: string
}

export interface Rule {
  readonly name: string
  readonly type: 'alerting' | 'recording'
  readonly query: string
  readonly health: 'ok' | 'err' | 'unknown'
  readonly lastError?: string
  /** Of alerting rules. */
  readonly state?: 'inactive' | 'pending' | 'firing'
  readonly alerts?: readonly Alert[]
}

/** Seconds since 1970. */
interface Span {
  readonly start: number
  readonly end: number
}

export interface PrometheusApi {
  /** Instant query: the samples of a vector, or one sample without labels for a scalar. */
  query(promql: string): Promise<InstantSample[]>
  /** `step` in seconds. */
  queryRange(promql: string, range: Span & { readonly step: number }): Promise<RangeSeries[]>
  exemplars(promql: string, range: Span): Promise<ExemplarSeries[]>
  /** Series of the selectors with a sample in the last hours. */
  series(...selectors: string[]): Promise<LabelSet[]>
  labelNames(selector: string): Promise<string[]>
  labelValues(label: string, selector?: string): Promise<string[]>
  /** The rules of all groups. */
  rules(): Promise<Rule[]>
  /** Pending and firing alerts. */
  alerts(): Promise<Alert[]>
}

export function createPrometheusApi(url: string): PrometheusApi {
  async function get<T>(path: string, parameters: [string, string][] = []): Promise<T> {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`)
    const answer = (await response.json()) as { status: string; data: T; error?: string }
    if (answer.status !== 'success')
      throw new Error(`${path} ${JSON.stringify(parameters)}: ${answer.error ?? response.status}`)
    return answer.data
  }
  const span = ({ start, end }: Span): [string, string][] => [
    ['start', String(start)],
    ['end', String(end)],
  ]

  return {
    async query(promql) {
      type Pair = [number, string]
      const { resultType, result } = await get<
        | { resultType: 'vector'; result: { metric: LabelSet; value: Pair }[] }
        | { resultType: 'scalar'; result: Pair }
      >('query', [['query', promql]])
      if (resultType === 'scalar') return [{ metric: {}, value: Number(result[1]) }]
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
    },
    async queryRange(promql, { step, ...range }) {
      const { result } = await get<{ result: { metric: LabelSet; values: [number, string][] }[] }>(
        'query_range',
        [['query', promql], ...span(range), ['step', String(step)]],
      )
      return result.map(({ metric, values }) => ({
        metric,
        values: values.map(([at, value]) => [at, Number(value)] as const),
      }))
    },
    async exemplars(promql, range) {
      type Raw = Omit<ExemplarSeries, 'exemplars'> & {
        exemplars: { labels: LabelSet; value: string; timestamp: number }[]
      }
      const found = await get<Raw[]>('query_exemplars', [['query', promql], ...span(range)])
      return found.map(({ seriesLabels, exemplars }) => ({
        seriesLabels,
        exemplars: exemplars.map((exemplar) => ({ ...exemplar, value: Number(exemplar.value) })),
      }))
    },
    series: (...selectors) =>
      get(
        'series',
        selectors.map((selector) => ['match[]', selector]),
      ),
    labelNames: (selector) => get('labels', [['match[]', selector]]),
    labelValues: (label, selector) =>
      get(`label/${label}/values`, selector === undefined ? [] : [['match[]', selector]]),
    async rules() {
      const { groups } = await get<{ groups: { rules: Rule[] }[] }>('rules')
      return groups.flatMap(({ rules }) => rules)
    },
    async alerts() {
      return (await get<{ alerts: Alert[] }>('alerts')).alerts
    },
  }
}
