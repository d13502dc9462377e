import type { Row } from '../model.ts'
import { timeSeries } from '../time-series.ts'

const all = 'job="postgres"'
/** Databases of applications. */
const ours = 'job="postgres",datname!~"template.*|postgres"'
const rateOf = (metric: string) => `sum(rate(${metric}{${ours}}[$__rate_interval]))`

export const postgres: Row = {
  id: 700,
  title: 'Postgres server statistics',
  panels: [
    timeSeries({
      id: 701,
      title: 'Postgres sessions by state',
      description: 'Are the connections exhausted? Sessions of all clients, and max_connections.',
      unit: 'none',
      width: 8,
      targets: [
        { expr: `sum by (state) (pg_stat_activity_count{${all}}) > 0`, legend: '{{state}}' },
        { expr: `max(pg_settings_max_connections{${all}})`, legend: 'max_connections' },
      ],
      runbooks: ['PgPoolSaturated', 'DependencyDown'],
    }),
    timeSeries({
      id: 702,
      title: 'Postgres locks',
      description:
        'Does a lock block statements? Locks by mode: accessexclusivelock blocks reads and writes; exclusivelock, sharerowexclusivelock and sharelock block writes.',
      unit: 'none',
      width: 8,
      stacked: true,
      targets: [{ expr: `sum by (mode) (pg_locks_count{${ours}})`, legend: '{{mode}}' }],
      runbooks: ['PgPoolSaturated'],
    }),
    timeSeries({
      id: 703,
      title: 'Postgres cache hits',
      description: 'Does Postgres read from disk? Blocks found in memory divided by all blocks.',
      unit: 'percentunit',
      width: 8,
      softMax: 1,
      thresholds: [
        [null, 'red'],
        [0.9, 'yellow'],
        [0.99, 'green'],
      ],
      targets: [
        {
          expr: `${rateOf('pg_stat_database_blks_hit')} / (${rateOf('pg_stat_database_blks_hit')} + ${rateOf('pg_stat_database_blks_read')} > 0)`,
          legend: 'hits',
        },
      ],
      runbooks: ['SlowToolCalls'],
    }),
    timeSeries({
      id: 704,
      title: 'Postgres dead rows',
      description: 'Does vacuum keep up? Rows that were deleted or replaced and not yet removed, by table.',
      unit: 'none',
      width: 8,
      targets: [
        {
          expr: `topk(5, sum by (relname) (pg_stat_user_tables_n_dead_tup{${ours}}))`,
          legend: '{{relname}}',
        },
      ],
      runbooks: ['SlowToolCalls'],
    }),
    timeSeries({
      id: 705,
      title: 'Postgres transactions',
      description: 'Is Postgres busier than usual, or failing? Transactions per second by outcome.',
      unit: 'ops',
      width: 8,
      targets: [
        { expr: rateOf('pg_stat_database_xact_commit'), legend: 'committed' },
        { expr: rateOf('pg_stat_database_xact_rollback'), legend: 'rolled back' },
      ],
      runbooks: ['DependencyDown'],
    }),
    timeSeries({
      id: 706,
      title: 'Postgres replication lag',
      description: 'Are replicas behind? Time since the last replayed transaction; 0 on a primary.',
      unit: 's',
      width: 8,
      targets: [{ expr: `max by (instance) (pg_replication_lag_seconds{${all}})`, legend: '{{instance}}' }],
      runbooks: ['DependencyDown'],
    }),
  ],
}
