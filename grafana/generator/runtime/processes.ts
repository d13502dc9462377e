import type { Row } from '../model.ts'
import { replicas } from '../queries.ts'
import { stat } from '../stat.ts'

export const processes: Row = {
  id: 100,
  title: 'Processes',
  panels: [
    stat({
      id: 101,
      title: 'Youngest replica',
      description: 'Uptime of the replica that started last.',
      unit: 's',
      width: 6,
      decimals: 0,
      noValue: 'no replica',
      thresholds: [
        [null, 'yellow'],
        [300, 'green'],
      ],
      targets: [{ expr: `min(time() - process_start_time_seconds{${replicas}})` }],
      runbooks: ['InstanceRestarting'],
    }),
    stat({
      id: 102,
      title: 'Restarts',
      description:
        'Restarts in the selected time range of replicas that kept their address. A recreated container counts as a new replica.',
      unit: 'none',
      width: 6,
      noValue: 'no replica',
      thresholds: [
        [null, 'green'],
        [1, 'yellow'],
        [3, 'red'],
      ],
      targets: [{ expr: `sum(changes(process_start_time_seconds{${replicas}}[$__range]))` }],
      runbooks: ['InstanceRestarting'],
    }),
    stat({
      id: 103,
      title: 'In-flight messages',
      description: 'In-flight MCP messages of all replicas.',
      unit: 'none',
      width: 6,
      noValue: 'no replica',
      thresholds: [
        [null, 'green'],
        [50, 'yellow'],
        [200, 'red'],
      ],
      targets: [{ expr: `sum(mcp_requests_in_flight{${replicas}})` }],
    }),
    stat({
      id: 104,
      title: 'Open streams',
      description: 'Streams of subscriptions/listen on all replicas.',
      unit: 'none',
      width: 6,
      noValue: 'no replica',
      thresholds: [
        [null, 'green'],
        [800, 'yellow'],
      ],
      targets: [{ expr: `sum(mcp_streams_open{${replicas}})` }],
    }),
  ],
}
