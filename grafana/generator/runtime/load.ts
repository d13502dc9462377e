import { curves } from '../curves.ts'
import type { Row } from '../model.ts'
import { replicas } from '../queries.ts'

const perReplica = { legend: '{{instance}}' }
const gauge = (metric: string) => ({ expr: `${metric}{${replicas}}`, ...perReplica })

export const load: Row = {
  id: 300,
  title: 'Work and handles',
  panels: [
    curves({
      id: 301,
      title: 'Messages in work by replica',
      description: 'A replica that has many while others have few is stuck on something.',
      unit: 'none',
      width: 8,
      targets: [gauge('mcp_requests_in_flight')],
    }),
    curves({
      id: 302,
      title: 'Open streams by replica',
      description: 'Subscriptions/listen streams.',
      unit: 'none',
      width: 8,
      targets: [gauge('mcp_streams_open')],
    }),
    curves({
      id: 303,
      title: 'Active resources',
      description: 'What keeps the event loop alive, by kind: sockets, timers, requests.',
      unit: 'none',
      width: 8,
      stacked: true,
      targets: [{ expr: `sum by (type) (nodejs_active_resources{${replicas}})`, legend: '{{type}}' }],
    }),
    curves({
      id: 304,
      title: 'Open files against their limit',
      description: 'Share of the file descriptors, which sockets need too, that a process may have.',
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
