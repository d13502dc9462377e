import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { waitFor } from '../../dev/lib/wait-for.ts'
import { panelQueries, readDashboards } from '../stack/support/named-queries.ts'
import { namesIn } from '../stack/support/promql.ts'
import { rules } from '../support/rules.ts'
import { type Collector, send, startCollector } from './collector.ts'

/** Name and value of each series of the collector's own metrics. */
async function metricsOf({ metricsUrl }: Collector): Promise<[metric: string, value: number][]> {
  const text = await (await fetch(metricsUrl)).text()
  return [...text.matchAll(/^(\w+)(?:\{.*\})? (\S+)$/gm)].map(([, metric = '', value]) => [
    metric,
    Number(value),
  ])
}

const attributes = [{ key: 'n', value: { intValue: '1' } }]
const trace = (spanId: string) => ({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: `4bf92f3577b34da6${spanId}`,
              spanId,
              name: 'failed',
              startTimeUnixNano: '1764000000000000000',
              endTimeUnixNano: '1764000000000000001',
              status: { code: 2 },
              attributes,
            },
          ],
        },
      ],
    },
  ],
})
const log = {
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'lost' }, attributes }] }] }],
}

describe('data that a backend does not take', () => {
  it('is counted by the metrics that the alert and the dashboards read', async () => {
    const gone = {
      retry_on_failure: { max_elapsed_time: '500ms', initial_interval: '100ms', max_interval: '200ms' },
      timeout: '500ms',
    }
    const collector = await startCollector({
      processors: { tail_sampling: { decision_wait: '1s' } },
      exporters: {
        'otlp_grpc/tempo': { ...gone, endpoint: '127.0.0.1:1' },
        'otlp_http/loki': { ...gone, endpoint: 'http://127.0.0.1:1/otlp' },
        // A queue of one batch that nobody empties.
        'otlp_grpc/full': {
          endpoint: '127.0.0.1:1',
          sending_queue: { queue_size: 1, num_consumers: 1 },
        },
        'otlp_http/full': {
          endpoint: 'http://127.0.0.1:1/otlp',
          sending_queue: { queue_size: 1, num_consumers: 1 },
        },
      },
      service: {
        pipelines: {
          traces: { exporters: ['otlp_grpc/tempo', 'otlp_grpc/full', 'file/traces'] },
          logs: { exporters: ['otlp_http/loki', 'otlp_http/full', 'file/logs'] },
        },
      },
    })
    const named = [
      ...rules.map(({ expr }) => expr),
      ...(await readDashboards()).flatMap(panelQueries).map(({ expr }) => expr),
    ].flatMap((expr) => namesIn(expr).selectors.map(({ metric }) => metric))
    const wanted = new Set(named.filter((metric) => metric.startsWith('otelcol_')))
    assert.ok(wanted.size >= 8, [...wanted].join(', '))

    let id = 1
    let uncounted = [...wanted]
    await waitFor(
      async () => {
        await send(collector, 'traces', trace(String(id++).padStart(16, '0')))
        await send(collector, 'logs', log)
        const series = await metricsOf(collector)
        const isCounted = (wantedMetric: string) =>
          series.some(
            ([metric, value]) => metric === wantedMetric && (value > 0 || metric.includes('queue_size')),
          )
        uncounted = uncounted.filter((metric) => !isCounted(metric))
        return uncounted.length === 0
      },
      { everyMs: 500, timeoutMs: 40_000 },
    )
    assert.deepEqual(uncounted, [])
  })
})
