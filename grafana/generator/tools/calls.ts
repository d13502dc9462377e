import { heatmap } from '../heatmap.ts'
import type { Row } from '../model.ts'
import { quantile, rate, tools } from '../queries.ts'
import { slowCalls } from '../thresholds.ts'
import { timeSeries } from '../time-series.ts'

export const calls: Row = {
  id: 100,
  title: 'Calls: rate, errors, duration',
  panels: [
    timeSeries({
      id: 101,
      title: 'Calls',
      description: 'Which tools are called? Calls per second, by tool.',
      unit: 'cps',
      width: 12,
      targets: [{ expr: rate('mcp_tool_calls_total', tools, 'tool_name'), legend: '{{tool_name}}' }],
    }),
    timeSeries({
      id: 103,
      title: 'Latency p95',
      description:
        'Which tool is slow? 95th percentile of the call latency, by tool. Click an exemplar to open its trace.',
      unit: 's',
      width: 12,
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
      title: 'Latency distribution',
      description:
        'How are durations distributed? Calls by latency bucket. Two bands are often cache hits and cache misses.',
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
    timeSeries({
      id: 105,
      title: 'Total call time by tool',
      description: 'Where do callers spend their time? Seconds that callers wait per second, by tool.',
      unit: 'none',
      width: 8,
      height: 9,
      stacked: true,
      targets: [{ expr: rate('mcp_tool_latency_seconds_sum', tools, 'tool_name'), legend: '{{tool_name}}' }],
    }),
  ],
}
