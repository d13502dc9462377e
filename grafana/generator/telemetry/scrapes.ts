import { curves } from '../curves.ts'
import { figure } from '../figure.ts'
import type { Row } from '../model.ts'
import { replicas } from '../queries.ts'
import { states, upOrDown } from '../states.ts'

export const scrapes: Row = {
  id: 100,
  title: 'Scrapes',
  panels: [
    figure({
      id: 101,
      title: 'Series in the last scrape',
      description:
        'Of the replica that has most. Labels have known values only, so the number must not grow with traffic; about 1200 are usual.',
      unit: 'short',
      width: 6,
      height: 6,
      nothing: 'no target',
      thresholds: [
        [null, 'green'],
        [3_000, 'yellow'],
        [5_000, 'red'],
      ],
      targets: [{ expr: `max(scrape_samples_post_metric_relabeling{${replicas}})` }],
      runbooks: ['CardinalityExplosion'],
    }),
    states({
      id: 102,
      title: 'Targets',
      description: 'Whether each replica answered its scrape.',
      unit: 'none',
      width: 18,
      ...upOrDown,
      targets: [{ expr: `up{${replicas}}`, legend: '{{instance}}' }],
      runbooks: ['TargetDown', 'TargetAbsent'],
    }),
    curves({
      id: 103,
      title: 'Series by target',
      description: 'Samples that each replica gives in a scrape.',
      unit: 'short',
      width: 8,
      targets: [{ expr: `scrape_samples_scraped{${replicas}}`, legend: '{{instance}}' }],
      runbooks: ['CardinalityExplosion'],
    }),
    curves({
      id: 104,
      title: 'Duration of scrapes',
      description: 'How long a replica takes to give its metrics.',
      unit: 's',
      width: 8,
      thresholds: [
        [null, 'green'],
        [0.5, 'yellow'],
        [2, 'red'],
      ],
      targets: [{ expr: `scrape_duration_seconds{${replicas}}`, legend: '{{instance}}' }],
      runbooks: ['TargetDown', 'EventLoopLag'],
    }),
    curves({
      id: 105,
      title: 'New series',
      description:
        'Series per scrape that were not there before. After the first minutes of a replica this is about 0.',
      unit: 'short',
      width: 8,
      targets: [{ expr: `scrape_series_added{${replicas}}`, legend: '{{instance}}' }],
      runbooks: ['CardinalityExplosion'],
    }),
  ],
}
