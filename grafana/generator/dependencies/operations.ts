import { curves } from '../curves.ts'
import type { Row } from '../model.ts'
import { dependencies, quantile, rate } from '../queries.ts'

const operation = '{{dependency}} {{operation}}'

export const operations: Row = {
  id: 200,
  title: 'Operations: rate, errors, duration',
  panels: [
    curves({
      id: 201,
      title: 'Operations',
      description: 'Operations per second on each dependency, health checks included.',
      unit: 'ops',
      width: 8,
      targets: [
        {
          expr: rate('mcp_dependency_operation_seconds_count', dependencies, 'dependency, operation'),
          legend: operation,
        },
      ],
    }),
    curves({
      id: 202,
      title: 'Failed operations',
      description: 'Operations per second that failed. A cancelled statement counts as failed.',
      unit: 'ops',
      width: 8,
      stacked: true,
      targets: [
        {
          expr: rate(
            'mcp_dependency_operation_seconds_count',
            `${dependencies},outcome="error"`,
            'dependency, operation',
          ),
          legend: operation,
        },
      ],
      runbooks: ['DependencyDown'],
    }),
    curves({
      id: 203,
      title: 'Duration p95',
      description:
        'Time that 95 % of the operations stayed below. If a tool is slow and these are not, the time is lost with us.',
      unit: 's',
      width: 8,
      thresholds: [
        [null, 'green'],
        [0.5, 'red'],
      ],
      targets: [
        {
          expr: quantile(0.95, 'mcp_dependency_operation_seconds', dependencies, 'dependency, operation'),
          legend: operation,
        },
      ],
      runbooks: ['SlowToolCalls'],
    }),
  ],
}
