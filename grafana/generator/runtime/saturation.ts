import type { Row } from '../model.ts'
import { eventLoopWait, replicas } from '../queries.ts'
import { timeSeries } from '../time-series.ts'

const perReplica = { legend: '{{instance}}' }
const gauge = (metric: string) => ({ expr: `${metric}{${replicas}}`, ...perReplica })

export const saturation: Row = {
  id: 200,
  title: 'CPU and memory',
  panels: [
    timeSeries({
      id: 201,
      title: 'CPU',
      description:
        'Is a replica out of CPU? CPU cores in use. JavaScript runs on one core, so a replica near 1 is saturated.',
      unit: 'none',
      width: 8,
      thresholds: [
        [null, 'green'],
        [0.7, 'yellow'],
        [0.9, 'red'],
      ],
      targets: [
        {
          expr: `rate(process_cpu_seconds_total{${replicas}}[$__rate_interval])`,
          ...perReplica,
        },
      ],
      runbooks: ['EventLoopLag'],
    }),
    timeSeries({
      id: 202,
      title: 'Event loop lag',
      description:
        'Does a computation delay other calls? Mean time that an event waits, and the longest delay, in the last 30 to 60 seconds. A long synchronous computation delays every call of the replica.',
      unit: 's',
      width: 8,
      thresholds: [
        [null, 'green'],
        [0.05, 'yellow'],
        [0.125, 'red'],
      ],
      targets: [
        { expr: eventLoopWait, legend: 'mean wait {{instance}}' },
        { expr: `nodejs_eventloop_lag_max_seconds{${replicas}}`, legend: 'longest {{instance}}' },
      ],
      runbooks: ['EventLoopLag'],
    }),
    timeSeries({
      id: 203,
      title: 'Garbage collection',
      description:
        'Does garbage collection take too much time? Ratio of time spent in garbage collection, by kind.',
      unit: 'percentunit',
      width: 8,
      thresholds: [
        [null, 'green'],
        [0.05, 'yellow'],
        [0.2, 'red'],
      ],
      targets: [
        {
          expr: `sum by (instance, kind) (rate(nodejs_gc_duration_seconds_sum{${replicas}}[$__rate_interval]))`,
          legend: '{{kind}} {{instance}}',
        },
      ],
      runbooks: ['HeapNearLimit', 'EventLoopLag'],
    }),
    timeSeries({
      id: 204,
      title: 'Heap utilization',
      description:
        'Will a replica run out of memory? Used heap divided by V8\'s heap limit. At 0.84 in compose, later in larger containers, the process exits with "heap out of memory".',
      unit: 'percentunit',
      width: 8,
      softMax: 1,
      thresholds: [
        [null, 'green'],
        [0.6, 'yellow'],
        [0.7, 'red'],
      ],
      targets: [
        {
          expr: `nodejs_heap_size_used_bytes{${replicas}} / nodejs_heap_size_limit_bytes{${replicas}}`,
          ...perReplica,
        },
      ],
      runbooks: ['HeapNearLimit'],
    }),
    timeSeries({
      id: 205,
      title: 'Heap',
      description:
        'Does a replica leak memory? Used heap in bytes. A minimum that rises for hours indicates a memory leak.',
      unit: 'bytes',
      width: 8,
      targets: [gauge('nodejs_heap_size_used_bytes')],
      runbooks: ['HeapNearLimit'],
    }),
    timeSeries({
      id: 206,
      title: 'Resident memory',
      description:
        'Is a container close to its memory limit? Heap, buffers and code. The memory limit of a container applies to this value.',
      unit: 'bytes',
      width: 8,
      targets: [gauge('process_resident_memory_bytes')],
    }),
  ],
}
