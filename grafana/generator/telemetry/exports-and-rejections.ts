import type { Row } from '../model.ts'
import { rate, replicas } from '../queries.ts'
import { timeSeries } from '../time-series.ts'

export const exportsAndRejections: Row = {
  id: 200,
  title: 'Exports and rejections',
  panels: [
    timeSeries({
      id: 201,
      title: 'Failed exports',
      description:
        'Batches of traces or logs per second that the telemetry backend did not accept. Calls are not affected; telemetry is lost.',
      unit: 'ops',
      width: 12,
      stacked: true,
      targets: [
        { expr: rate('mcp_telemetry_export_failures_total', replicas, 'signal'), legend: '{{signal}}' },
      ],
      runbooks: ['TelemetryExportFailing'],
    }),
    timeSeries({
      id: 202,
      title: 'Rejected requests',
      description:
        'HTTP requests per second that were rejected before they became an MCP message. They appear in no span and no other metric.',
      unit: 'reqps',
      width: 12,
      stacked: true,
      targets: [{ expr: rate('mcp_requests_rejected_total', replicas, 'reason'), legend: '{{reason}}' }],
      runbooks: ['RejectionsSpike'],
    }),
  ],
}
