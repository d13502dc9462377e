import { domainHealth } from '../domain.ts'
import type { Row } from '../model.ts'
import { dependencies } from '../queries.ts'
import { stateTimeline, upOrDown } from '../state-timeline.ts'
import { timeSeries } from '../time-series.ts'

export const health: Row = {
  id: 100,
  title: 'Health checks',
  panels: [
    stateTimeline({
      id: 101,
      title: 'Checks',
      description:
        'Which dependency is down, and for which replica? Latest health check of each dependency, by replica. A failure on one replica points to its network, on all replicas to the dependency.',
      unit: 'none',
      width: 12,
      ...upOrDown,
      targets: [{ expr: `mcp_dependency_up{${dependencies}}`, legend: '{{dependency}} from {{instance}}' }],
      runbooks: ['DependencyDown'],
    }),
    timeSeries({
      id: 102,
      title: 'Check duration',
      description:
        'Does a dependency respond slowly? Duration of the latest health check. A check times out after 1.5 s and the dependency counts as down.',
      unit: 's',
      width: 12,
      height: 6,
      thresholds: [
        [null, 'green'],
        [0.5, 'yellow'],
        [1.5, 'red'],
      ],
      targets: [
        {
          expr: `max by (dependency) (mcp_dependency_check_seconds{${dependencies}})`,
          legend: '{{dependency}}',
        },
      ],
      runbooks: ['DependencyDown'],
    }),
    ...domainHealth,
  ],
}
