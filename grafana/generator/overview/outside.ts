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
      width: 8,
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
      width: 8,
      height: 6,
      targets: [{ expr: `probe_duration_seconds{${probes}}`, legend: '{{probe}}' }],
      runbooks: ['ProbeFailing'],
    }),
    timeSeries({
      id: 403,
      title: 'Errors at the gateway',
      description:
        'Which errors do callers get? Responses by class per second. 5xx that are neither in *Server errors* nor in *Rejected requests*: a replica ended during calls, or the gateway reached none.',
      unit: 'reqps',
      width: 8,
      height: 6,
      interval: '1m',
      targets: [
        {
          expr: 'sum by (code) (rate(haproxy_frontend_http_responses_total{job="gateway",proxy="mcp",code=~"4xx|5xx"}[$__rate_interval]))',
          legend: '{{code}}',
        },
      ],
      runbooks: ['ProbeFailing', 'InstanceRestarting'],
    }),
  ],
}
