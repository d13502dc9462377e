import type { Row } from '../model.ts'
import { clientErrorCodes, quantile, rate, refusals, replicas, serverErrorCodes } from '../queries.ts'
import { slowCalls } from '../thresholds.ts'
import { timeSeries } from '../time-series.ts'

export const traffic: Row = {
  id: 200,
  title: 'Traffic',
  panels: [
    timeSeries({
      id: 201,
      title: 'Tool calls',
      description:
        'Which tools are called? Calls per second, by tool. Unknown tools are counted as _unknown.',
      unit: 'cps',
      width: 12,
      drillDown: { uid: 'mcp-tools', variable: 'tool', label: 'tool_name' },
      stacked: true,
      targets: [{ expr: rate('mcp_tool_calls_total', replicas, 'tool_name'), legend: '{{tool_name}}' }],
    }),
    timeSeries({
      id: 202,
      title: 'Tool call latency',
      description:
        'Are calls slow? Time from the arrival of a call to its result. Click an exemplar to open its trace.',
      unit: 's',
      width: 12,
      thresholds: slowCalls,
      targets: [0.5, 0.95, 0.99].map((q) => ({
        expr: quantile(q, 'mcp_tool_latency_seconds', replicas),
        legend: `p${q * 100}`,
        exemplar: q === 0.99,
      })),
      runbooks: ['SlowToolCalls', 'LatencyBudgetBurn'],
    }),
    timeSeries({
      id: 203,
      title: 'Server errors',
      description:
        'Do calls fail with server errors? Calls per second, by error code. They burn the error budget.',
      unit: 'cps',
      width: 8,
      interval: '1m',
      shades: 'red',
      stacked: true,
      targets: [
        {
          expr: rate('mcp_tool_errors_total', `${replicas},${serverErrorCodes}`, 'code'),
          legend: '{{code}}',
        },
      ],
      runbooks: ['HighErrorRate'],
    }),
    timeSeries({
      id: 204,
      title: 'Client errors',
      description:
        'Do clients call tools wrongly? Client errors per second, by error code. They do not burn the error budget; many of one code suggest a misleading tool description.',
      unit: 'cps',
      width: 8,
      interval: '1m',
      shades: 'orange',
      stacked: true,
      targets: [
        {
          expr: rate('mcp_tool_errors_total', `${replicas},${clientErrorCodes}`, 'code'),
          legend: '{{code}}',
        },
      ],
    }),
    timeSeries({
      id: 205,
      title: 'Rejected requests',
      description:
        'Are requests rejected before they reach a tool? HTTP requests per second that were rejected before they became an MCP message, by reason.',
      unit: 'reqps',
      width: 8,
      interval: '1m',
      stacked: true,
      targets: [{ expr: rate('mcp_requests_rejected_total', refusals, 'reason'), legend: '{{reason}}' }],
      runbooks: ['RejectionsSpike'],
    }),
  ],
}
