import type { Row } from '../model.ts'
import { rate, replicas } from '../queries.ts'
import { stateTimeline, upOrDown } from '../state-timeline.ts'
import { timeSeries } from '../time-series.ts'

export const components: Row = {
  id: 300,
  title: 'Replicas and dependencies',
  panels: [
    stateTimeline({
      id: 301,
      title: 'Dependencies',
      description:
        'Which dependency is down, and for which replica? Latest health check of each dependency, by replica. A replica without database is not ready.',
      unit: 'none',
      width: 12,
      ...upOrDown,
      targets: [{ expr: `mcp_dependency_up{${replicas}}`, legend: '{{dependency}} from {{instance}}' }],
      runbooks: ['DependencyDown'],
    }),
    timeSeries({
      id: 302,
      title: 'Messages by replica',
      description:
        'Is the load balanced? MCP messages per second by replica, without streams. The gateway balances them, so the series should be similar.',
      unit: 'cps',
      width: 12,
      drillDown: { uid: 'mcp-runtime', variable: 'instance', label: 'instance' },
      height: 6,
      targets: [
        {
          expr: rate('mcp_server_operation_duration_seconds_count', replicas, 'instance'),
          legend: '{{instance}}',
        },
      ],
      runbooks: ['TargetDown', 'InstanceRestarting'],
    }),
  ],
}
