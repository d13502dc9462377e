import type { Row } from '../model.ts'
import { stateTimeline, upOrDown } from '../state-timeline.ts'
import { timeSeries } from '../time-series.ts'

const probes = 'job="mcp-probe"'

export const outside: Row = {
  id: 400,
  title: 'Seen from outside',
  panels: [
    stateTimeline({
      id: 401,
      title: 'Probes',
      description:
        'Does a caller outside get a result? Tool calls through the gateway in both protocol revisions, and whether some replica is ready. Down while *Dependencies* are up: the gateway.',
      unit: 'none',
      width: 12,
      ...upOrDown,
      targets: [{ expr: `probe_success{${probes}}`, legend: '{{probe}}' }],
      runbooks: ['ProbeFailing'],
    }),
    timeSeries({
      id: 402,
      title: 'Probe duration',
      description:
        'Is the way through the gateway slow? Time that a probe takes, with name resolution and connection.',
      unit: 's',
      width: 12,
      height: 6,
      targets: [{ expr: `probe_duration_seconds{${probes}}`, legend: '{{probe}}' }],
      runbooks: ['ProbeFailing'],
    }),
  ],
}
