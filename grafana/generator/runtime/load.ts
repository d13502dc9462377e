import type { Row } from '../model.ts'
import { replicas } from '../queries.ts'
import { timeSeries } from '../time-series.ts'

const perReplica = { legend: '{{instance}}' }
const gauge = (metric: string) => ({ expr: `${metric}{${replicas}}`, ...perReplica })

export const load: Row = {
  id: 300,
  title: 'Load',
  panels: [
    timeSeries({
      id: 301,
      title: 'In-flight messages by replica',
      description: 'Is a replica blocked? A replica with many more than the others is blocked on something.',
      unit: 'none',
      width: 8,
      targets: [gauge('mcp_messages_in_flight')],
    }),
    timeSeries({
      id: 302,
      title: 'Open streams by replica',
      description: 'How many streams does a replica hold? Streams of subscriptions/listen.',
      unit: 'none',
      width: 8,
      targets: [gauge('mcp_streams_open')],
    }),
    timeSeries({
      id: 303,
      title: 'Ended streams',
      description:
        'Do streams break? Streams that ended per second, and those of them that were open for less than a minute. Many short ones: a proxy closes idle streams, or clients reconnect in a loop.',
      unit: 'cps',
      width: 8,
      interval: '1m',
      targets: [
        {
          expr: `sum(rate(mcp_stream_duration_seconds_count{${replicas}}[$__rate_interval]))`,
          legend: 'all',
        },
        {
          // Prometheus 3 formats the bound as 60.0, Prometheus 2 as 60.
          expr: `sum(rate(mcp_stream_duration_seconds_bucket{${replicas},le=~"60(\\\\.0)?"}[$__rate_interval]))`,
          legend: 'under a minute',
        },
      ],
    }),
  ],
}
