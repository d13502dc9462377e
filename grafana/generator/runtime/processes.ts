import { figure } from '../figure.ts'
import type { Row } from '../model.ts'
import { replicas } from '../queries.ts'

export const processes: Row = {
  id: 100,
  title: 'Processes',
  panels: [
    figure({
      id: 101,
      title: 'Youngest replica',
      description: 'How long the replica that started last has been running.',
      unit: 's',
      width: 6,
      decimals: 0,
      nothing: 'no replica',
      thresholds: [
        [null, 'yellow'],
        [300, 'green'],
      ],
      targets: [{ expr: `min(time() - process_start_time_seconds{${replicas}})` }],
      runbooks: ['InstanceRestarting'],
    }),
    figure({
      id: 102,
      title: 'Restarts',
      description:
        'Restarts in the time shown of replicas that kept their address. A container that is made anew counts as a new replica.',
      unit: 'none',
      width: 6,
      nothing: 'no replica',
      thresholds: [
        [null, 'green'],
        [1, 'yellow'],
        [3, 'red'],
      ],
      targets: [{ expr: `sum(changes(process_start_time_seconds{${replicas}}[$__range]))` }],
      runbooks: ['InstanceRestarting'],
    }),
    figure({
      id: 103,
      title: 'Messages in work',
      description: 'MCP messages that are being worked on, all replicas together.',
      unit: 'none',
      width: 6,
      nothing: 'no replica',
      thresholds: [
        [null, 'green'],
        [50, 'yellow'],
        [200, 'red'],
      ],
      targets: [{ expr: `sum(mcp_requests_in_flight{${replicas}})` }],
    }),
    figure({
      id: 104,
      title: 'Open streams',
      description: 'Subscriptions/listen streams, all replicas together.',
      unit: 'none',
      width: 6,
      nothing: 'no replica',
      thresholds: [
        [null, 'green'],
        [800, 'yellow'],
      ],
      targets: [{ expr: `sum(mcp_streams_open{${replicas}})` }],
    }),
  ],
}
