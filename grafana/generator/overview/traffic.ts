import { curves } from '../curves.ts'
import type { Row } from '../model.ts'
import { burning, mistakes, quantile, rate, replicas } from '../queries.ts'
import { slowCalls } from '../thresholds.ts'

export const traffic: Row = {
  id: 200,
  title: 'Traffic',
  panels: [
    curves({
      id: 201,
      title: 'Tool calls',
      description: 'Calls per second, by tool. Calls of tools that do not exist are _unknown.',
      unit: 'reqps',
      width: 12,
      stacked: true,
      targets: [{ expr: rate('mcp_tool_calls_total', replicas, 'tool_name'), legend: '{{tool_name}}' }],
    }),
    curves({
      id: 202,
      title: 'Latency of tool calls',
      description:
        'Time from the arrival of a call to its answer. The dots are single calls: click one for its trace.',
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
    curves({
      id: 203,
      title: 'Our errors',
      description: 'Failures per second that burn the error budget, by code of the error table.',
      unit: 'reqps',
      width: 8,
      stacked: true,
      targets: [
        { expr: rate('mcp_tool_errors_total', `${replicas},${burning}`, 'code'), legend: '{{code}}' },
      ],
      runbooks: ['HighErrorRate'],
    }),
    curves({
      id: 204,
      title: "Callers' mistakes",
      description:
        'Failures per second that callers cause: they burn no budget, but many of one kind point to a misleading tool.',
      unit: 'reqps',
      width: 8,
      stacked: true,
      targets: [
        { expr: rate('mcp_tool_errors_total', `${replicas},${mistakes}`, 'code'), legend: '{{code}}' },
      ],
    }),
    curves({
      id: 205,
      title: 'Rejected requests',
      description: 'HTTP requests per second that were refused before they became an MCP message, by reason.',
      unit: 'reqps',
      width: 8,
      stacked: true,
      targets: [{ expr: rate('mcp_requests_rejected_total', replicas, 'reason'), legend: '{{reason}}' }],
      runbooks: ['RejectionsSpike'],
    }),
  ],
}
