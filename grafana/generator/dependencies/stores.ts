import type { Row } from '../model.ts'
import { quantile, rate, ratioOf, replicas } from '../queries.ts'
import { timeSeries } from '../time-series.ts'

export const stores: Row = {
  id: 300,
  title: 'Pool and cache',
  panels: [
    timeSeries({
      id: 301,
      title: 'Postgres connections',
      description:
        'Are connections left? Connections of all pools by state, and calls waiting for one. A waiting call fails after 1.5 s.',
      unit: 'none',
      width: 8,
      targets: [
        {
          expr: `sum by (state) (mcp_pg_pool_connections{${replicas}})`,
          legend: '{{state}}',
        },
        { expr: `sum(mcp_pg_pool_max{${replicas}})`, legend: 'limit' },
      ],
      runbooks: ['PgPoolSaturated'],
    }),
    timeSeries({
      id: 302,
      title: 'Postgres pool utilization',
      description: "Is the pool exhausted? Checked-out connections of a replica divided by its pool's limit.",
      unit: 'percentunit',
      width: 8,
      softMax: 1,
      thresholds: [
        [null, 'green'],
        [0.6, 'yellow'],
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
    timeSeries({
      id: 303,
      title: 'Connection wait p95',
      description:
        'Do calls wait for a connection? Time until the pool provided a connection, including the time to open a new one.',
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
    timeSeries({
      id: 304,
      title: 'Cached calls',
      description:
        'Does the cache work? Calls of cached tools per second, by result. Shared: the call joined the computation of an equal call. On an error the tool runs uncached: slower, but correct.',
      unit: 'ops',
      width: 8,
      colours: { error$: 'red', miss$: 'orange', shared$: 'blue', hit$: 'green' },
      stacked: true,
      targets: [
        { expr: rate('mcp_cache_lookups_total', replicas, 'cache, result'), legend: '{{cache}} {{result}}' },
      ],
      runbooks: ['CacheErrors'],
    }),
    timeSeries({
      id: 305,
      title: 'Cache error ratio',
      description:
        'Does the cache fail? Failed cache reads divided by all cache reads. Redis is unreachable or slower than 500 ms.',
      unit: 'percentunit',
      width: 8,
      shades: 'red',
      interval: '1m',
      thresholds: [
        [null, 'green'],
        [0.1, 'red'],
      ],
      targets: [
        {
          expr: ratioOf('mcp_cache_lookups_total', {
            matchers: replicas,
            only: 'result="error"',
            by: 'cache',
          }),
          legend: '{{cache}}',
        },
      ],
      runbooks: ['CacheErrors', 'DependencyDown'],
    }),
    timeSeries({
      id: 306,
      title: 'Rate limits per process',
      description:
        'Are rate limits shared between replicas? 1 for replicas that count rate limits on their own, because they could not in Redis.',
      unit: 'none',
      width: 8,
      softMax: 1,
      thresholds: [
        [null, 'green'],
        [1, 'red'],
      ],
      targets: [{ expr: `max by (instance) (mcp_rate_limit_fallback{${replicas}})`, legend: '{{instance}}' }],
      runbooks: ['RateLimitFallback'],
    }),
  ],
}
