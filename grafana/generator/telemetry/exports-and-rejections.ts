import type { Row } from '../model.ts'
import { rate, replicas } from '../queries.ts'
import { timeSeries } from '../time-series.ts'

export const exportsAndRejections: Row = {
  id: 200,
  title: 'Exports, log and events',
  panels: [
    timeSeries({
      id: 201,
      title: 'Failed exports',
      description:
        'Are traces, logs or metrics lost on their way? Batches per second that the telemetry backend did not accept by OTLP. Calls are not affected; telemetry is lost.',
      unit: 'ops',
      width: 8,
      interval: '1m',
      shades: 'red',
      stacked: true,
      targets: [
        { expr: rate('mcp_telemetry_export_failures_total', replicas, 'signal'), legend: '{{signal}}' },
      ],
      runbooks: ['TelemetryExportFailing'],
    }),
    timeSeries({
      id: 203,
      title: 'Dropped log lines',
      description:
        'Does the log have gaps? Log lines per second that were dropped, because the reader of standard output stalled or went away.',
      unit: 'ops',
      width: 8,
      interval: '1m',
      shades: 'red',
      thresholds: [
        [null, 'green'],
        [0.001, 'red'],
      ],
      targets: [{ expr: rate('mcp_log_lines_dropped_total', replicas, 'instance'), legend: '{{instance}}' }],
      runbooks: ['LogLinesDropped'],
    }),
    timeSeries({
      id: 204,
      title: 'Dropped events',
      description:
        'Do clients miss changes, or are cancellations lost? Events per second that did not reach a stream or the other replicas, because Redis rejected them, they were invalid, or the stream failed.',
      unit: 'ops',
      width: 8,
      interval: '1m',
      shades: 'red',
      stacked: true,
      targets: [
        { expr: rate('mcp_events_dropped_total', replicas, 'event, reason'), legend: '{{event}} {{reason}}' },
      ],
      runbooks: ['DependencyDown'],
    }),
  ],
}
