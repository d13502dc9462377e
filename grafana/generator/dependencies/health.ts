import { curves } from '../curves.ts'
import { domainHealth } from '../domain.ts'
import type { Row } from '../model.ts'
import { dependencies } from '../queries.ts'
import { states, upOrDown } from '../states.ts'

export const health: Row = {
  id: 100,
  title: 'Do they work?',
  panels: [
    states({
      id: 101,
      title: 'Checks',
      description:
        'Latest check of each dependency, by replica. One replica alone points to its network, all of them to the dependency.',
      unit: 'none',
      width: 12,
      ...upOrDown,
      targets: [{ expr: `mcp_dependency_up{${dependencies}}`, legend: '{{dependency}} from {{instance}}' }],
      runbooks: ['DependencyDown'],
    }),
    curves({
      id: 102,
      title: 'Duration of checks',
      description: 'How long the latest check took; after 1.5 s the dependency counts as down.',
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
