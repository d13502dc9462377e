import { curves } from '../curves.ts'
import type { Row } from '../model.ts'
import { quantile, rate, replicas, shareOf } from '../queries.ts'

export const stores: Row = {
  id: 300,
  title: 'Pool and cache',
  panels: [
    curves({
      id: 301,
      title: 'Postgres connections',
      description:
        'Connections of the pools of all replicas, and callers waiting for one. Waiting callers give up after 1.5 s.',
      unit: 'none',
      width: 8,
      targets: [
        {
          expr: `sum by (state) (mcp_pg_pool_connections{${replicas}})`,
          legend: '{{state}}',
        },
        { expr: `sum(mcp_pg_pool_max{${replicas}})`, legend: 'may be open' },
      ],
      runbooks: ['PgPoolSaturated'],
    }),
    curves({
      id: 302,
      title: 'Postgres pool in use',
      description: 'Share of the connections of a replica that are in use.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      thresholds: [
        [null, 'green'],
        [0.7, 'yellow'],
        [0.9, 'red'],
      ],
      targets: [
        {
          expr: `sum by (instance) (mcp_pg_pool_connections{${replicas},state="used"}) / sum by (instance) (mcp_pg_pool_max{${replicas}})`,
          legend: '{{instance}}',
        },
      ],
      runbooks: ['PgPoolSaturated'],
    }),
    curves({
      id: 303,
      title: 'Wait for a connection p95',
      description: 'Time until the pool gave a connection, a new one opened if need be.',
      unit: 's',
      width: 8,
      thresholds: [
        [null, 'green'],
        [0.1, 'yellow'],
        [1.5, 'red'],
      ],
      targets: [
        {
          expr: quantile(
            0.95,
            'mcp_dependency_operation_seconds',
            `${replicas},dependency="database",operation="acquire"`,
            'instance',
          ),
          legend: '{{instance}}',
        },
      ],
      runbooks: ['PgPoolSaturated'],
    }),
    curves({
      id: 304,
      title: 'Look-ups in the cache',
      description:
        'Look-ups per second, by result. With an error the tool runs uncached: slower, but not wrong.',
      unit: 'ops',
      width: 12,
      stacked: true,
      targets: [
        { expr: rate('mcp_cache_requests_total', replicas, 'cache, result'), legend: '{{cache}} {{result}}' },
      ],
      runbooks: ['CacheErrors'],
    }),
    curves({
      id: 305,
      title: 'Share of look-ups that fail',
      description: 'Errors of the cache: Redis is away or slower than 500 ms.',
      unit: 'percentunit',
      width: 12,
      max: 1,
      thresholds: [
        [null, 'green'],
        [0.1, 'red'],
      ],
      targets: [
        {
          expr: shareOf('mcp_cache_requests_total', {
            matchers: replicas,
            only: 'result="error"',
            by: 'cache',
          }),
          legend: '{{cache}}',
        },
      ],
      runbooks: ['CacheErrors', 'DependencyDown'],
    }),
  ],
}
