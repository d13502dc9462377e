import { curves } from '../curves.ts'
import { heatmap } from '../heatmap.ts'
import type { Row } from '../model.ts'
import { quantile, rate, shareOf, tools } from '../queries.ts'
import { slowCalls } from '../thresholds.ts'

export const calls: Row = {
  id: 100,
  title: 'Calls: rate, errors, duration',
  panels: [
    curves({
      id: 101,
      title: 'Calls',
      description: 'Calls per second, by tool.',
      unit: 'reqps',
      width: 8,
      targets: [{ expr: rate('mcp_tool_calls_total', tools, 'tool_name'), legend: '{{tool_name}}' }],
    }),
    curves({
      id: 102,
      title: 'Share of calls that fail',
      description:
        'Share of calls that end in an error of any kind, mistakes of callers included, by tool. Those of _unknown all do.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      targets: [
        {
          expr: shareOf('mcp_tool_calls_total', {
            matchers: tools,
            only: 'status="error"',
            by: 'tool_name',
          }),
          legend: '{{tool_name}}',
        },
      ],
      runbooks: ['HighErrorRate'],
    }),
    curves({
      id: 103,
      title: 'Latency p95',
      description:
        'Time that 95 % of the calls stayed below, by tool. The dots are single calls: click one for its trace.',
      unit: 's',
      width: 8,
      thresholds: slowCalls,
      targets: [
        {
          expr: quantile(0.95, 'mcp_tool_latency_seconds', tools, 'tool_name'),
          legend: '{{tool_name}}',
          exemplar: true,
        },
      ],
      runbooks: ['SlowToolCalls'],
    }),
    heatmap({
      id: 104,
      title: 'Latency of all calls',
      description: 'How many calls took how long. Two bands often are hits and misses of the cache.',
      unit: 's',
      width: 16,
      targets: [
        {
          expr: `sum by (le) (increase(mcp_tool_latency_seconds_bucket{${tools}}[$__rate_interval]))`,
          legend: '{{le}}',
          exemplar: true,
        },
      ],
      runbooks: ['SlowToolCalls'],
    }),
    curves({
      id: 105,
      title: 'Time spent in each tool',
      description:
        'Seconds of waiting per second, by tool: which tool callers wait for most, all calls together.',
      unit: 'none',
      width: 8,
      height: 9,
      stacked: true,
      targets: [{ expr: rate('mcp_tool_latency_seconds_sum', tools, 'tool_name'), legend: '{{tool_name}}' }],
    }),
  ],
}
