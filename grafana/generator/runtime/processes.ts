import type { Row } from '../model.ts'
import { replicas, whileUp } from '../queries.ts'
import { stat } from '../stat.ts'

export const processes: Row = {
  id: 100,
  title: 'Processes',
  panels: [
    stat({
      id: 101,
      title: 'Youngest replica',
      description: 'Did a replica start just now? Uptime of the replica that started last.',
      unit: 's',
      width: 12,
      decimals: 0,
      empty: ['no replica', 'red'],
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
        'Do replicas crash? Restarts in the selected time range of replicas that kept their address. A recreated container counts as a new replica.',
      unit: 'none',
      width: 12,
      empty: ['no replica', 'red'],
      thresholds: [
        [null, 'green'],
        [1, 'yellow'],
        [3, 'red'],
      ],
      targets: [{ expr: whileUp(`sum(changes(process_start_time_seconds{${replicas}}[$__range]))`) }],
      runbooks: ['InstanceRestarting'],
    }),
  ],
}
