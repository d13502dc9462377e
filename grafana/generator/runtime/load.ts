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
      width: 12,
      targets: [gauge('mcp_requests_in_flight')],
    }),
    timeSeries({
      id: 302,
      title: 'Open streams by replica',
      description: 'How many streams does a replica hold? Streams of subscriptions/listen.',
      unit: 'none',
      width: 12,
      targets: [gauge('mcp_streams_open')],
    }),
  ],
}
