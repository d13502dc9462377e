import { curves } from '../curves.ts'
import type { Row } from '../model.ts'
import { replicas } from '../queries.ts'

const perReplica = { legend: '{{instance}}' }
const gauge = (metric: string) => ({ expr: `${metric}{${replicas}}`, ...perReplica })

export const saturation: Row = {
  id: 200,
  title: 'Processor and memory',
  panels: [
    curves({
      id: 201,
      title: 'Processor',
      description: 'Cores in use. JavaScript runs on one: near 1 a replica is at its limit.',
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
    curves({
      id: 202,
      title: 'Delay of the event loop',
      description:
        'How late timers run. While one function computes, no other call goes on; every caller feels it.',
      unit: 's',
      width: 8,
      thresholds: [
        [null, 'green'],
        [0.1, 'yellow'],
        [0.25, 'red'],
      ],
      targets: [
        { expr: `nodejs_eventloop_lag_p99_seconds{${replicas}}`, legend: 'p99 {{instance}}' },
        { expr: `nodejs_eventloop_lag_mean_seconds{${replicas}}`, legend: 'mean {{instance}}' },
      ],
      runbooks: ['EventLoopLag'],
    }),
    curves({
      id: 203,
      title: 'Garbage collection',
      description: 'Share of the time spent collecting garbage, by kind.',
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
    curves({
      id: 204,
      title: 'Heap against its limit',
      description: 'Share of the heap that V8 may use. At 1 the process ends with "heap out of memory".',
      unit: 'percentunit',
      width: 8,
      max: 1,
      thresholds: [
        [null, 'green'],
        [0.7, 'yellow'],
        [0.8, 'red'],
      ],
      targets: [
        {
          expr: `nodejs_heap_size_used_bytes{${replicas}} / nodejs_heap_size_limit_bytes{${replicas}}`,
          ...perReplica,
        },
      ],
      runbooks: ['HeapNearLimit'],
    }),
    curves({
      id: 205,
      title: 'Heap',
      description: 'Bytes of the heap in use. A floor that rises for hours is a leak.',
      unit: 'bytes',
      width: 8,
      targets: [gauge('nodejs_heap_size_used_bytes')],
      runbooks: ['HeapNearLimit'],
    }),
    curves({
      id: 206,
      title: 'Memory of the process',
      description: 'Resident memory: heap, buffers and code. This is what the limit of a container counts.',
      unit: 'bytes',
      width: 8,
      targets: [gauge('process_resident_memory_bytes')],
    }),
  ],
}
