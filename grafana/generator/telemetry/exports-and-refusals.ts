import { curves } from '../curves.ts'
import type { Row } from '../model.ts'
import { rate, replicas } from '../queries.ts'

export const exportsAndRefusals: Row = {
  id: 200,
  title: 'Exports and refusals',
  panels: [
    curves({
      id: 201,
      title: 'Failed exports',
      description:
        'Batches per second of traces or logs that the telemetry backend did not take. Callers do not feel it, but you see less.',
      unit: 'ops',
      width: 12,
      stacked: true,
      targets: [
        { expr: rate('mcp_telemetry_export_failures_total', replicas, 'signal'), legend: '{{signal}}' },
      ],
      runbooks: ['TelemetryExportFailing'],
    }),
    curves({
      id: 202,
      title: 'Rejected requests',
      description:
        'HTTP requests per second that were refused before they became an MCP message: they have no span and are in no other metric.',
      unit: 'reqps',
      width: 12,
      stacked: true,
      targets: [{ expr: rate('mcp_requests_rejected_total', replicas, 'reason'), legend: '{{reason}}' }],
      runbooks: ['RejectionsSpike'],
    }),
  ],
}
