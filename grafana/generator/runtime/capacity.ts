import type { Row } from '../model.ts'
import { eventLoopUtilization, rate, replicas, whileUp } from '../queries.ts'
import { stat } from '../stat.ts'
import { highUtilization } from '../thresholds.ts'
import { timeSeries } from '../time-series.ts'

/** Leaves room for peaks, and for the load of one replica of three that is lost. */
const targetUtilization = 0.6
const needed = `ceil(sum(${eventLoopUtilization}) / ${targetUtilization})`
const running = `count(up{${replicas}} == 1)`

export const capacity: Row = {
  id: 400,
  title: 'Capacity: is another replica needed?',
  panels: [
    stat({
      id: 401,
      title: 'Replicas to add',
      description:
        'Is another replica needed right now? Number of replicas to add to bring the average event loop utilization to 60 % or less.',
      unit: 'none',
      width: 12,
      empty: ['no replica', 'red'],
      states: [[0, 'none', 'green']],
      thresholds: [
        [null, 'green'],
        [1, 'red'],
      ],
      targets: [{ expr: `clamp_min(${needed} - ${running}, 0)` }],
    }),
    stat({
      id: 402,
      title: 'Busiest replica',
      description:
        'Is one replica saturated? Highest event loop utilization. Far above the average, the load is not balanced; another replica helps little.',
      unit: 'percentunit',
      width: 12,
      empty: ['no replica', 'red'],
      thresholds: highUtilization,
      targets: [{ expr: whileUp(`max(${eventLoopUtilization})`) }],
      runbooks: ['EventLoopLag'],
    }),
    timeSeries({
      id: 403,
      title: 'Event loop utilization',
      description:
        'How saturated is each replica? Share of the time in which the event loop ran code instead of waiting for events. Calls queue from 60 % on and are slow near 100 %.',
      unit: 'percentunit',
      width: 8,
      softMax: 1,
      thresholds: highUtilization,
      targets: [{ expr: eventLoopUtilization, legend: '{{instance}}' }],
      runbooks: ['EventLoopLag'],
    }),
    timeSeries({
      id: 404,
      title: 'Running and needed replicas',
      description:
        'Did the replicas suffice for the peaks? Replicas that run, and those that the load needs for an average event loop utilization of at most 60 %.',
      unit: 'none',
      width: 8,
      interval: '1m',
      targets: [
        { expr: running, legend: 'running' },
        { expr: needed, legend: 'needed' },
      ],
    }),
    timeSeries({
      id: 405,
      title: 'Overload rejections',
      description:
        'Do replicas reject load? HTTP requests per second over a limit of concurrent calls or streams. With an idle event loop, calls wait for a dependency: another replica does not make it faster.',
      unit: 'reqps',
      width: 8,
      interval: '1m',
      targets: [
        {
          expr: rate('mcp_requests_rejected_total', `${replicas},reason="overloaded"`, 'instance'),
          legend: '{{instance}}',
        },
      ],
      runbooks: ['RejectionsSpike'],
    }),
  ],
}
