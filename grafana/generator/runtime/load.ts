import type { Row } from '../model.ts'
import { replicas } from '../queries.ts'
import { timeSeries } from '../time-series.ts'

const perReplica = { legend: '{{instance}}' }
const gauge = (metric: string) => ({ expr: `${metric}{${replicas}}`, ...perReplica })

export const load: Row = {
  id: 300,
  title: 'Load and resources',
  panels: [
    timeSeries({
      id: 301,
      title: 'In-flight messages by replica',
      description: 'A replica with many more than the others is blocked on something.',
      unit: 'none',
      width: 8,
      targets: [gauge('mcp_requests_in_flight')],
    }),
    timeSeries({
      id: 302,
      title: 'Open streams by replica',
      description: 'Streams of subscriptions/listen.',
      unit: 'none',
      width: 8,
      targets: [gauge('mcp_streams_open')],
    }),
    timeSeries({
      id: 303,
      title: 'Active resources',
      description: 'Resources that keep the event loop alive, by type: sockets, timers, requests.',
      unit: 'none',
      width: 8,
      stacked: true,
      targets: [{ expr: `sum by (type) (nodejs_active_resources{${replicas}})`, legend: '{{type}}' }],
    }),
    timeSeries({
      id: 304,
      title: 'File descriptor utilization',
      description: 'Open file descriptors, sockets included, divided by the limit of the process.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      thresholds: [
        [null, 'green'],
        [0.7, 'yellow'],
        [0.9, 'red'],
      ],
      targets: [{ expr: `process_open_fds{${replicas}} / process_max_fds{${replicas}}`, ...perReplica }],
    }),
  ],
}
