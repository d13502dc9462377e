import { curves } from '../curves.ts'
import type { Row } from '../model.ts'
import { rate, replicas } from '../queries.ts'
import { states, upOrDown } from '../states.ts'

export const parts: Row = {
  id: 300,
  title: 'Replicas and dependencies',
  panels: [
    states({
      id: 301,
      title: 'Dependencies',
      description:
        'Latest check of each dependency, by replica. Without the database a replica is not ready.',
      unit: 'none',
      width: 12,
      ...upOrDown,
      targets: [{ expr: `mcp_dependency_up{${replicas}}`, legend: '{{dependency}} from {{instance}}' }],
      runbooks: ['DependencyDown'],
    }),
    curves({
      id: 302,
      title: 'Messages by replica',
      description:
        'MCP messages per second that each replica answered: any replica answers any of them, so the curves should be alike.',
      unit: 'reqps',
      width: 12,
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
