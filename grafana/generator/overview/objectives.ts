import type { Row } from '../model.ts'
import { availability, latency, type Objective, replicas } from '../queries.ts'
import { stat } from '../stat.ts'
import { table } from '../table.ts'
import { timeSeries } from '../time-series.ts'

const remainingBudget = ({ errorRatio, budget }: Objective): string =>
  `1 - (${errorRatio(replicas, '$__range')}) / ${budget}`
const burnRate = ({ errorRatio, budget }: Objective, range: string): string =>
  `(${errorRatio(replicas, range)}) / ${budget}`
const successRatio = ({ errorRatio }: Objective): string => `1 - (${errorRatio(replicas, '$__range')})`

const burnRates = (objective: Objective) =>
  ['5m', '1h', '6h'].map((range) => ({ expr: burnRate(objective, range), legend: `over ${range}` }))
/** Burn rates that exhaust a 30-day budget in 30, 5 and 2 days. */
const burnThresholds = [
  [null, 'green'],
  [1, 'yellow'],
  [6, 'orange'],
  [14.4, 'red'],
] as const
const budgetThresholds = [
  [null, 'red'],
  [0, 'orange'],
  [0.25, 'yellow'],
  [0.5, 'green'],
] as const
const noCalls = { noValue: 'no calls', width: 4 }

export const objectives: Row = {
  id: 100,
  title: 'Objectives',
  panels: [
    stat({
      ...noCalls,
      id: 101,
      title: 'Availability',
      description:
        'Ratio of tool calls without a server error in the selected time range. The objective is 99.5 %. Client errors do not count.',
      unit: 'percentunit',
      decimals: 2,
      thresholds: [
        [null, 'red'],
        [availability.target, 'green'],
      ],
      targets: [{ expr: successRatio(availability) }],
      runbooks: ['AvailabilityBudgetBurn'],
    }),
    stat({
      ...noCalls,
      id: 102,
      title: 'Availability budget remaining',
      description:
        'Remaining part of the error budget for the calls in the selected time range. A negative value means that the objective was missed.',
      unit: 'percentunit',
      decimals: 0,
      thresholds: budgetThresholds,
      targets: [{ expr: remainingBudget(availability) }],
      runbooks: ['AvailabilityBudgetBurn'],
    }),
    stat({
      ...noCalls,
      id: 103,
      title: 'Calls under 1 s',
      description:
        'Ratio of tool calls in the selected time range that took less than 1 s. The objective is 95 %.',
      unit: 'percentunit',
      decimals: 2,
      thresholds: [
        [null, 'red'],
        [latency.target, 'green'],
      ],
      targets: [{ expr: successRatio(latency) }],
      runbooks: ['LatencyBudgetBurn'],
    }),
    stat({
      ...noCalls,
      id: 104,
      title: 'Latency budget remaining',
      description:
        'Remaining part of the slow-call budget in the selected time range. A negative value means that the objective was missed.',
      unit: 'percentunit',
      decimals: 0,
      thresholds: budgetThresholds,
      targets: [{ expr: remainingBudget(latency) }],
      runbooks: ['LatencyBudgetBurn'],
    }),
    stat({
      id: 105,
      title: 'Replicas up',
      description: 'Replicas that responded to the latest scrape. A single replica has no redundancy.',
      unit: 'none',
      width: 4,
      noValue: 'no target',
      thresholds: [
        [null, 'red'],
        [1, 'orange'],
        [2, 'green'],
      ],
      targets: [{ expr: 'sum(up{job=~"$job"})' }],
      runbooks: ['TargetDown', 'TargetAbsent'],
    }),
    stat({
      id: 106,
      title: 'Dependencies down',
      description: 'Dependencies that failed the latest health check on at least one replica.',
      unit: 'none',
      width: 4,
      thresholds: [
        [null, 'green'],
        [1, 'red'],
      ],
      targets: [{ expr: `count(min by (dependency) (mcp_dependency_up{${replicas}}) == 0) or vector(0)` }],
      runbooks: ['DependencyDown'],
    }),
    timeSeries({
      id: 107,
      title: 'Availability: burn rate',
      description:
        'Rate of server errors relative to the error budget: at 1 the budget lasts exactly 30 days. The alert pages at 14.4 over 1 h and at 6 over 6 h.',
      unit: 'none',
      width: 8,
      thresholds: burnThresholds,
      targets: burnRates(availability),
      runbooks: ['AvailabilityBudgetBurn'],
    }),
    timeSeries({
      id: 108,
      title: 'Latency: burn rate',
      description:
        'Rate of slow calls relative to the latency budget: at 1 the budget lasts exactly 30 days.',
      unit: 'none',
      width: 8,
      thresholds: burnThresholds,
      targets: burnRates(latency),
      runbooks: ['LatencyBudgetBurn'],
    }),
    table({
      id: 109,
      title: 'Alerts',
      description: 'Pending and firing alerts. Watchdog always fires, which proves that alerting works.',
      unit: 'none',
      width: 8,
      targets: [{ expr: 'ALERTS{alertstate=~"pending|firing"}' }],
      columns: [
        ['alertname', 'Alert'],
        ['severity', 'Severity'],
        ['alertstate', 'State'],
        ['instance', 'Replica'],
        ['tool_name', 'Tool'],
        ['dependency', 'Dependency'],
      ],
      hidden: ['__name__', 'Value', 'job'],
      sortBy: 'State',
      runbooks: ['Watchdog'],
    }),
  ],
}
