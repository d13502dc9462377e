import type { Row } from '../model.ts'
import { timeSeries } from '../time-series.ts'

const all = 'job="redis"'
const rateOf = (metric: string) => `sum(rate(${metric}{${all}}[$__rate_interval]))`

export const redis: Row = {
  id: 800,
  title: 'Redis server statistics',
  panels: [
    timeSeries({
      id: 801,
      title: 'Redis memory',
      description: 'Is Redis full? Memory in use, and the limit at which it evicts keys (0: none).',
      unit: 'bytes',
      width: 8,
      targets: [
        { expr: `max(redis_memory_used_bytes{${all}})`, legend: 'used' },
        { expr: `max(redis_memory_max_bytes{${all}})`, legend: 'maxmemory' },
      ],
      runbooks: ['CacheErrors'],
    }),
    timeSeries({
      id: 802,
      title: 'Redis evictions',
      description:
        'Does the cache lose entries before they expire? Keys per second, evicted at maxmemory or expired.',
      unit: 'ops',
      width: 8,
      targets: [
        { expr: rateOf('redis_evicted_keys_total'), legend: 'evicted' },
        { expr: rateOf('redis_expired_keys_total'), legend: 'expired' },
      ],
      runbooks: ['CacheErrors'],
    }),
    timeSeries({
      id: 803,
      title: 'Redis slow log',
      description:
        'Does Redis execute slow commands? New entries of the slow log: commands over 10 ms. The first one after a start of Redis does not show.',
      unit: 'none',
      width: 8,
      targets: [
        { expr: `max(increase(redis_slowlog_last_id{${all}}[$__rate_interval]))`, legend: 'new entries' },
      ],
      runbooks: ['CacheErrors', 'DependencyDown'],
    }),
    timeSeries({
      id: 804,
      title: 'Redis commands',
      description: 'Is Redis busier than usual? Commands of all clients per second.',
      unit: 'ops',
      width: 12,
      targets: [{ expr: rateOf('redis_commands_processed_total'), legend: 'commands' }],
      runbooks: ['CacheErrors'],
    }),
    timeSeries({
      id: 805,
      title: 'Redis clients',
      description: 'Are the connections exhausted? Connected clients; each replica of the server has two.',
      unit: 'none',
      width: 12,
      targets: [
        { expr: `max(redis_connected_clients{${all}})`, legend: 'connected' },
        { expr: `max(redis_blocked_clients{${all}})`, legend: 'blocked' },
      ],
      runbooks: ['DependencyDown'],
    }),
  ],
}
