import type { Row } from '../model.ts'
import { availability, latency, type Objective, replicas } from '../queries.ts'
import { timeSeries } from '../time-series.ts'

/** From the recorded series, which the alerts use too; empty while no replica reports. */
const burnRates = ({ recorded, budget }: Objective) =>
  ['5m', '1h', '6h'].map((range) => ({
    expr: `${recorded}${range}{job=~"$job"} / ${budget} and on (job) (up{${replicas}} == 1)`,
    legend: `over ${range}`,
  }))

/** Burn rates that exhaust a 30-day budget in 30, 5 and 2 days. */
const thresholds = [
  [null, 'green'],
  [1, 'yellow'],
  [6, 'orange'],
  [14.4, 'red'],
] as const

export const objectives: Row = {
  id: 500,
  title: 'Objectives',
  panels: [
    timeSeries({
      id: 107,
      title: 'Availability: burn rate',
      description:
        'How fast do server errors use up the error budget? At 1 the budget lasts exactly 30 days. The alert pages at 14.4 over 1 h and at 6 over 6 h.',
      unit: 'none',
      width: 12,
      thresholds,
      softMax: 2,
      targets: burnRates(availability),
      runbooks: ['AvailabilityBudgetBurn'],
    }),
    timeSeries({
      id: 108,
      title: 'Latency: burn rate',
      description:
        'How fast do slow successes use up the latency budget? At 1 the budget lasts exactly 30 days. Failed calls do not count.',
      unit: 'none',
      width: 12,
      thresholds,
      softMax: 2,
      targets: burnRates(latency),
      runbooks: ['LatencyBudgetBurn'],
    }),
  ],
}
