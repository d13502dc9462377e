import type { Row } from '../model.ts'
import { replicas } from '../queries.ts'
import { stat } from '../stat.ts'
import { stateTimeline, upOrDown } from '../state-timeline.ts'
import { timeSeries } from '../time-series.ts'

export const scrapes: Row = {
  id: 100,
  title: 'Scrapes',
  panels: [
    stat({
      id: 101,
      title: 'Series in the last scrape',
      description:
        'Does a label have too many values? Highest value of all replicas. Label values are bounded, so it must not grow with traffic; about 1200 is normal.',
      unit: 'none',
      width: 6,
      height: 6,
      empty: ['no target', 'red'],
      thresholds: [
        [null, 'green'],
        [3_000, 'yellow'],
        [5_000, 'red'],
      ],
      targets: [{ expr: `max(scrape_samples_post_metric_relabeling{${replicas}})` }],
      runbooks: ['CardinalityExplosion'],
    }),
    stateTimeline({
      id: 102,
      title: 'Targets',
      description: 'Does Prometheus reach every replica? Result of the latest scrape of each replica.',
      unit: 'none',
      width: 18,
      ...upOrDown,
      targets: [{ expr: `up{${replicas}}`, legend: '{{instance}}' }],
      runbooks: ['TargetDown', 'TargetAbsent'],
    }),
    timeSeries({
      id: 104,
      title: 'Scrape duration',
      description: 'Are scrapes slow? Time a replica takes to serve its metrics.',
      unit: 's',
      width: 12,
      thresholds: [
        [null, 'green'],
        [0.5, 'yellow'],
        [2, 'red'],
      ],
      targets: [{ expr: `scrape_duration_seconds{${replicas}}`, legend: '{{instance}}' }],
      runbooks: ['TargetDown', 'EventLoopLag'],
    }),
    timeSeries({
      id: 105,
      title: 'New series',
      description:
        'Do new series appear all the time? Series that are new in a scrape. About 0 after the first minutes of a replica.',
      unit: 'none',
      width: 12,
      targets: [{ expr: `scrape_series_added{${replicas}}`, legend: '{{instance}}' }],
      runbooks: ['CardinalityExplosion'],
    }),
  ],
}
