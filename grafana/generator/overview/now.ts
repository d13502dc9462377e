import type { Row } from '../model.ts'
import {
  availability,
  latency,
  type Objective,
  quantile,
  replicas,
  serverErrorCodes,
  whileUp,
} from '../queries.ts'
import { stat } from '../stat.ts'
import { slowCalls } from '../thresholds.ts'
import { alerts } from './alerts.ts'

const calls = `sum(rate(mcp_tool_calls_total{${replicas}}[$__rate_interval]))`
const serverErrors = `sum(rate(mcp_tool_errors_total{${replicas},${serverErrorCodes}}[$__rate_interval]))`
/** By severity, too: a cluster's own monitoring mostly has an alert of this name. */
const watchdog = 'count(ALERTS{alertname="Watchdog",alertstate="firing",severity="heartbeat"})'
const successRatio = ({ errorRatio }: Objective): string =>
  whileUp(`1 - (${errorRatio(replicas, '$__range')})`)

export const now: Row = {
  id: 100,
  title: 'Now',
  panels: [
    stat({
      id: 110,
      title: 'Firing alerts',
      description:
        'Does anything fire? Without Watchdog, which always fires. Unknown while Prometheus evaluates no rules.',
      unit: 'none',
      width: 4,
      empty: ['unknown', 'red'],
      thresholds: [
        [null, 'green'],
        [1, 'red'],
      ],
      // A zero only while rules are evaluated.
      targets: [
        { expr: `count(ALERTS{alertstate="firing",severity=~"page|warn|ticket"}) or 0 * ${watchdog}` },
      ],
    }),
    stat({
      id: 111,
      title: 'Calls per second',
      description:
        'Is the service used right now? Tool calls of all replicas in the last minute; 0.1 are those of the probes.',
      unit: 'cps',
      decimals: 1,
      width: 4,
      empty: ['unknown', 'text'],
      thresholds: [[null, 'blue']],
      targets: [{ expr: whileUp(calls) }],
    }),
    stat({
      id: 112,
      title: 'Server error share',
      description:
        'Do calls fail with server errors right now? The objective allows 0.5 %; HighErrorRate fires at 10 % of one tool.',
      unit: 'percentunit',
      decimals: 1,
      width: 4,
      empty: ['no calls', 'text'],
      thresholds: [
        [null, 'green'],
        [availability.budget, 'yellow'],
        [0.1, 'red'],
      ],
      targets: [{ expr: whileUp(`${serverErrors} / (${calls} > 0)`) }],
      runbooks: ['HighErrorRate'],
    }),
    stat({
      id: 113,
      title: 'Latency p95',
      description:
        'How long do callers wait right now? 95th percentile of all tool calls in the last minute.',
      unit: 's',
      decimals: 2,
      width: 4,
      empty: ['no calls', 'text'],
      thresholds: slowCalls,
      targets: [{ expr: whileUp(quantile(0.95, 'mcp_tool_latency_seconds', replicas)) }],
      runbooks: ['SlowToolCalls'],
    }),
    stat({
      id: 105,
      title: 'Replicas up',
      description: 'Do all known replicas respond to scrapes? A single replica has no redundancy.',
      unit: 'none',
      width: 4,
      named: true,
      empty: ['no target', 'red'],
      thresholds: [
        [null, 'red'],
        [1, 'orange'],
        [2, 'green'],
      ],
      thresholdsOf: {
        known: [[null, 'blue']],
        down: [
          [null, 'green'],
          [1, 'red'],
        ],
      },
      targets: [
        { expr: 'sum(up{job=~"$job"})', legend: 'up' },
        { expr: 'count(up{job=~"$job"})', legend: 'known' },
        { expr: 'sum(up{job=~"$job"} == bool 0)', legend: 'down' },
      ],
      runbooks: ['TargetDown', 'TargetAbsent'],
    }),
    stat({
      id: 114,
      title: 'Alerting',
      description:
        'Would an alert be raised? Watchdog always fires; silence means that Prometheus evaluates no rules.',
      unit: 'none',
      width: 4,
      empty: ['silent', 'red'],
      states: [[1, 'works', 'green']],
      targets: [{ expr: watchdog }],
      runbooks: ['Watchdog'],
    }),
    alerts,
    stat({
      id: 106,
      title: 'Dependencies',
      description:
        'Which dependency is down? By the latest health checks; between 0 and 1: down for some replicas.',
      unit: 'none',
      decimals: 2,
      width: 16,
      named: true,
      empty: ['unknown', 'red'],
      thresholds: [
        [null, 'red'],
        [0.01, 'orange'],
        [1, 'green'],
      ],
      states: [
        [0, 'down', 'red'],
        [1, 'up', 'green'],
      ],
      targets: [{ expr: `avg by (dependency) (mcp_dependency_up{${replicas}})`, legend: '{{dependency}}' }],
      drillDown: { uid: 'mcp-dependencies', variable: 'dependency', label: 'dependency' },
      runbooks: ['DependencyDown'],
    }),
    stat({
      id: 101,
      title: 'Availability',
      description:
        'Is the availability objective met? Ratio of tool calls without a server error in the selected time range; the objective is 99.5 %.',
      unit: 'percentunit',
      decimals: 2,
      width: 4,
      empty: ['no calls', 'text'],
      thresholds: [
        [null, 'red'],
        [availability.target, 'green'],
      ],
      targets: [{ expr: successRatio(availability) }],
      runbooks: ['AvailabilityBudgetBurn'],
    }),
    stat({
      id: 103,
      title: 'Successes under 1 s',
      description:
        'Is the latency objective met? Ratio of successful tool calls in the selected time range that took less than 1 s; the objective is 95 %.',
      unit: 'percentunit',
      decimals: 2,
      width: 4,
      empty: ['no success', 'text'],
      thresholds: [
        [null, 'red'],
        [latency.target, 'green'],
      ],
      targets: [{ expr: successRatio(latency) }],
      runbooks: ['LatencyBudgetBurn'],
    }),
  ],
}
