import type { Row } from '../model.ts'
import { dependencies, quantile, rate } from '../queries.ts'
import { timeSeries } from '../time-series.ts'

const operationLegend = '{{dependency}} {{operation}}'

export const operations: Row = {
  id: 200,
  title: 'Operations: rate, errors, duration',
  panels: [
    timeSeries({
      id: 201,
      title: 'Operations',
      description:
        'What is asked of each dependency? Operations per second on each dependency, health checks included.',
      unit: 'ops',
      width: 8,
      targets: [
        {
          expr: rate('mcp_dependency_operation_seconds_count', dependencies, 'dependency, operation'),
          legend: operationLegend,
        },
      ],
    }),
    timeSeries({
      id: 202,
      title: 'Failed operations',
      description: 'Which operations fail? Failed operations per second, including cancelled statements.',
      unit: 'ops',
      width: 8,
      interval: '1m',
      shades: 'red',
      stacked: true,
      targets: [
        {
          expr: rate(
            'mcp_dependency_operation_seconds_count',
            `${dependencies},outcome="error"`,
            'dependency, operation',
          ),
          legend: operationLegend,
        },
      ],
      runbooks: ['DependencyDown'],
    }),
    timeSeries({
      id: 203,
      title: 'Operation duration p95',
      description:
        'Which operation is slow? 95th percentile of the operation duration. If a tool is slow and its operations are fast, the server itself spends the time.',
      unit: 's',
      width: 8,
      thresholds: [
        [null, 'green'],
        [0.5, 'red'],
      ],
      targets: [
        {
          expr: quantile(0.95, 'mcp_dependency_operation_seconds', dependencies, 'dependency, operation'),
          legend: operationLegend,
        },
      ],
      runbooks: ['SlowToolCalls'],
    }),
  ],
}
