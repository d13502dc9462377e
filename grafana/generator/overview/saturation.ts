import type { Row } from '../model.ts'
import { eventLoopUtilization, eventLoopWait, replicas } from '../queries.ts'
import { highUtilization } from '../thresholds.ts'
import { timeSeries } from '../time-series.ts'

const perReplica = {
  width: 6,
  height: 6,
  drillDown: { uid: 'mcp-runtime', variable: 'instance', label: 'instance' },
} as const
const legend = '{{instance}}'

export const saturation: Row = {
  id: 600,
  title: 'Saturation',
  panels: [
    timeSeries({
      ...perReplica,
      id: 605,
      title: 'Event loop utilization',
      description:
        'Is another replica needed? Share of the time in which the event loop ran code. Above 60 % calls queue.',
      unit: 'percentunit',
      softMax: 1,
      thresholds: highUtilization,
      targets: [{ expr: eventLoopUtilization, legend }],
      runbooks: ['EventLoopLag'],
    }),
    timeSeries({
      ...perReplica,
      id: 602,
      title: 'Event loop lag',
      description: 'Does a computation delay other calls? Mean time that an event waits for the event loop.',
      unit: 's',
      thresholds: [
        [null, 'green'],
        [0.125, 'red'],
      ],
      targets: [{ expr: eventLoopWait, legend }],
      runbooks: ['EventLoopLag'],
    }),
    timeSeries({
      ...perReplica,
      id: 603,
      title: 'Heap utilization',
      description:
        "Will a replica run out of memory? Used heap divided by V8's heap limit. HeapNearLimit compares the lowest value of 5 minutes with 70 %.",
      unit: 'percentunit',
      softMax: 1,
      thresholds: [
        [null, 'green'],
        [0.7, 'red'],
      ],
      targets: [
        {
          expr: `nodejs_heap_size_used_bytes{${replicas}} / nodejs_heap_size_limit_bytes{${replicas}}`,
          legend,
        },
      ],
      runbooks: ['HeapNearLimit'],
    }),
    timeSeries({
      ...perReplica,
      id: 604,
      title: 'Postgres pool utilization',
      description: "Do calls wait for a connection? Checked-out connections divided by the pool's limit.",
      unit: 'percentunit',
      softMax: 1,
      thresholds: [
        [null, 'green'],
        [0.6, 'red'],
      ],
      targets: [
        {
          expr: `sum by (instance) (mcp_pg_pool_connections{${replicas},state="used"}) / sum by (instance) (mcp_pg_pool_max{${replicas}})`,
          legend,
        },
      ],
      runbooks: ['PgPoolSaturated'],
    }),
  ],
}
