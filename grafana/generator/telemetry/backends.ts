import type { Row } from '../model.ts'
import { stateTimeline, upOrDown } from '../state-timeline.ts'
import { timeSeries } from '../time-series.ts'

const collector = 'job="otel-collector"'
const upOf = (...jobs: readonly string[]) => `min by (job) (up{job=~"${jobs.join('|')}"})`
const rateOf = (metric: string, matchers: string, by: string) =>
  `sum by (${by}) (rate(${metric}{${matchers}}[$__rate_interval]))`

export const backends: Row = {
  id: 700,
  title: 'Health of the monitoring',
  panels: [
    stateTimeline({
      id: 701,
      title: 'Monitoring targets',
      description:
        'Which part of the monitoring is down? Result of the latest scrape of each. Dashboards and alerts rely on all of them. An exporter can be up while its store is down: *Dependencies*.',
      unit: 'none',
      width: 12,
      ...upOrDown,
      height: 9,
      targets: [
        {
          expr: upOf('prometheus', 'alertmanager', 'otel-collector', 'tempo', 'loki', 'gateway', 'mcp-probe'),
          legend: '{{job}}',
        },
        { expr: upOf('postgres', 'redis'), legend: '{{job}} exporter' },
      ],
      runbooks: ['CollectorLosesData'],
    }),
    timeSeries({
      id: 702,
      title: 'Sent by the collector',
      description:
        'Do traces and log lines reach their backend? Spans to Tempo and log lines to Loki per second, and those that were lost.',
      unit: 'ops',
      width: 12,
      height: 9,
      targets: [
        {
          expr: rateOf('otelcol_exporter_sent_spans_total', collector, 'exporter'),
          legend: 'to {{exporter}}',
        },
        {
          expr: rateOf('otelcol_exporter_sent_log_records_total', collector, 'exporter'),
          legend: 'to {{exporter}}',
        },
        {
          expr: rateOf('otelcol_exporter_send_failed_spans_total', collector, 'exporter'),
          legend: 'lost on the way to {{exporter}}',
        },
        {
          expr: rateOf('otelcol_exporter_send_failed_log_records_total', collector, 'exporter'),
          legend: 'lost on the way to {{exporter}}',
        },
      ],
      runbooks: ['CollectorLosesData'],
    }),
    timeSeries({
      id: 703,
      title: 'Collector queue',
      description:
        'Does a backend take what it is sent? Share of the queue in use; what does not fit is lost.',
      unit: 'percentunit',
      width: 8,
      softMax: 1,
      thresholds: [
        [null, 'green'],
        [0.5, 'yellow'],
        [0.9, 'red'],
      ],
      targets: [
        {
          expr: `max by (exporter) (otelcol_exporter_queue_size{${collector}} / otelcol_exporter_queue_capacity{${collector}})`,
          legend: '{{exporter}}',
        },
      ],
      runbooks: ['CollectorLosesData'],
    }),
    timeSeries({
      id: 704,
      title: 'Received by Tempo and Loki',
      description: 'Do the backends receive what the collector sends? Spans and log lines per second.',
      unit: 'ops',
      width: 8,
      targets: [
        {
          expr: rateOf('tempo_distributor_spans_received_total', 'job="tempo"', 'job'),
          legend: 'spans: {{job}}',
        },
        {
          expr: rateOf('loki_distributor_lines_received_total', 'job="loki"', 'job'),
          legend: 'lines: {{job}}',
        },
      ],
      runbooks: ['CollectorLosesData'],
    }),
    timeSeries({
      id: 705,
      title: 'Memory of the monitoring',
      description:
        'Which part grows? Resident memory; compose limits Tempo to 1 GiB, Loki to 512 MiB, the collector to 256 MiB.',
      unit: 'bytes',
      width: 8,
      targets: [
        {
          expr: 'max by (job) (process_resident_memory_bytes{job=~"prometheus|alertmanager|tempo|loki"})',
          legend: '{{job}}',
        },
        { expr: `max by (job) (otelcol_process_memory_rss_bytes{${collector}})`, legend: '{{job}}' },
      ],
      runbooks: ['CollectorLosesData'],
    }),
  ],
}
