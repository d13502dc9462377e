import { curves } from '../curves.ts'
import { figure } from '../figure.ts'
import type { Row } from '../model.ts'
import { availability, latency, type Objective, replicas } from '../queries.ts'
import { table } from '../table.ts'

const budgetLeft = ({ missed, budget }: Objective): string =>
  `1 - (${missed(replicas, '$__range')}) / ${budget}`
const burnRate = ({ missed, budget }: Objective, range: string): string =>
  `(${missed(replicas, range)}) / ${budget}`
const kept = ({ missed }: Objective): string => `1 - (${missed(replicas, '$__range')})`

const burnRates = (objective: Objective) =>
  ['5m', '1h', '6h'].map((range) => ({ expr: burnRate(objective, range), legend: `over ${range}` }))
/** From where a budget for 30 days is gone within them, within 5 days, within 2 days. */
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
const noCalls = { nothing: 'no calls', width: 4 }

export const objectives: Row = {
  id: 100,
  title: 'Objectives',
  panels: [
    figure({
      ...noCalls,
      id: 101,
      title: 'Availability',
      description:
        'Share of tool calls in the time shown that did not fail through our fault. The objective is 99.5 %. Mistakes of callers do not count.',
      unit: 'percentunit',
      decimals: 2,
      thresholds: [
        [null, 'red'],
        [availability.target, 'green'],
      ],
      targets: [{ expr: kept(availability) }],
      runbooks: ['AvailabilityBudgetBurn'],
    }),
    figure({
      ...noCalls,
      id: 102,
      title: 'Availability budget left',
      description:
        'What is left of the failures that the objective allows for the calls in the time shown. Below 0 the objective was missed.',
      unit: 'percentunit',
      decimals: 0,
      thresholds: budgetThresholds,
      targets: [{ expr: budgetLeft(availability) }],
      runbooks: ['AvailabilityBudgetBurn'],
    }),
    figure({
      ...noCalls,
      id: 103,
      title: 'Calls under 1 s',
      description:
        'Share of tool calls in the time shown that took less than a second. The objective is 95 %.',
      unit: 'percentunit',
      decimals: 2,
      thresholds: [
        [null, 'red'],
        [latency.target, 'green'],
      ],
      targets: [{ expr: kept(latency) }],
      runbooks: ['LatencyBudgetBurn'],
    }),
    figure({
      ...noCalls,
      id: 104,
      title: 'Latency budget left',
      description:
        'What is left of the slow calls that the objective allows in the time shown. Below 0 the objective was missed.',
      unit: 'percentunit',
      decimals: 0,
      thresholds: budgetThresholds,
      targets: [{ expr: budgetLeft(latency) }],
      runbooks: ['LatencyBudgetBurn'],
    }),
    figure({
      id: 105,
      title: 'Replicas up',
      description: 'Replicas that answered the latest scrape. With one, nothing is left when it ends.',
      unit: 'none',
      width: 4,
      nothing: 'no target',
      thresholds: [
        [null, 'red'],
        [1, 'orange'],
        [2, 'green'],
      ],
      targets: [{ expr: 'sum(up{job=~"$job"})' }],
      runbooks: ['TargetDown', 'TargetAbsent'],
    }),
    figure({
      id: 106,
      title: 'Dependencies down',
      description: 'Dependencies that failed their latest check on at least one replica.',
      unit: 'none',
      width: 4,
      thresholds: [
        [null, 'green'],
        [1, 'red'],
      ],
      targets: [{ expr: `count(min by (dependency) (mcp_dependency_up{${replicas}}) == 0) or vector(0)` }],
      runbooks: ['DependencyDown'],
    }),
    curves({
      id: 107,
      title: 'Availability: burn rate',
      description:
        'How many times faster than allowed failures come: at 1 the budget lasts exactly its 30 days. Pages begin at 14.4 over 1 h and at 6 over 6 h.',
      unit: 'none',
      width: 8,
      thresholds: burnThresholds,
      targets: burnRates(availability),
      runbooks: ['AvailabilityBudgetBurn'],
    }),
    curves({
      id: 108,
      title: 'Latency: burn rate',
      description:
        'How many times faster than allowed slow calls come: at 1 the budget lasts exactly its 30 days.',
      unit: 'none',
      width: 8,
      thresholds: burnThresholds,
      targets: burnRates(latency),
      runbooks: ['LatencyBudgetBurn'],
    }),
    table({
      id: 109,
      title: 'Alerts',
      description: 'Pending and firing alerts. Watchdog always fires: it shows that alerts work.',
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
