import type { Row } from '../model.ts'
import { quantile, rate, ratioOf, replicas, serverErrorCodes, tools, total } from '../queries.ts'
import { table } from '../table.ts'
import { slowCalls } from '../thresholds.ts'
import { timeSeries } from '../time-series.ts'

export const results: Row = {
  id: 200,
  title: 'Errors and results',
  panels: [
    table({
      id: 201,
      title: 'Errors by tool and code',
      description:
        'Which tool fails, and why? Failed calls in the selected time range. The codes timeout, unavailable, upstream_error and internal burn the error budget.',
      unit: 'none',
      width: 8,
      targets: [{ expr: `round(${total('mcp_tool_errors_total', tools, 'tool_name, code')}) > 0` }],
      columns: [
        ['tool_name', 'Tool'],
        ['code', 'Code'],
        ['Value', 'Errors'],
      ],
      sortBy: 'Errors',
      runbooks: ['HighErrorRate', 'ClientErrorsSpike'],
    }),
    timeSeries({
      id: 202,
      title: 'Server error ratio',
      description:
        'Which tool burns the error budget? Calls with a server error divided by all calls, by tool. Server errors burn the error budget.',
      unit: 'percentunit',
      width: 8,
      interval: '1m',
      thresholds: [
        [null, 'green'],
        [0.005, 'yellow'],
        [0.1, 'red'],
      ],
      targets: [
        {
          expr: `${rate('mcp_tool_errors_total', `${tools},${serverErrorCodes}`, 'tool_name')} / (${rate('mcp_tool_calls_total', tools, 'tool_name')} > 0)`,
          legend: '{{tool_name}}',
        },
      ],
      runbooks: ['HighErrorRate', 'AvailabilityBudgetBurn'],
    }),
    timeSeries({
      id: 203,
      title: 'Result size p95',
      description:
        'Are results too large for a model? 95th percentile of the result size in bytes of JSON, by tool. Large results fill the context of the model.',
      unit: 'bytes',
      width: 8,
      targets: [
        { expr: quantile(0.95, 'mcp_tool_result_bytes', tools, 'tool_name'), legend: '{{tool_name}}' },
      ],
    }),
    timeSeries({
      id: 204,
      title: 'Cache hit ratio',
      description:
        'Does the cache save work? Calls of cached tools that were answered from the cache or joined the computation of an equal call, divided by all. Adding a document invalidates the search cache.',
      unit: 'percentunit',
      width: 8,
      softMax: 1,
      targets: [
        ...['hit', 'shared'].map((result) => ({
          expr: ratioOf('mcp_cache_lookups_total', {
            matchers: replicas,
            only: `result="${result}"`,
            by: 'cache',
          }),
          legend: `{{cache}} ${result}`,
        })),
      ],
      runbooks: ['CacheErrors'],
    }),
    timeSeries({
      id: 205,
      title: 'Other MCP methods',
      description:
        'What else do clients send? Messages per second other than tool calls and streams, by method.',
      unit: 'cps',
      width: 8,
      targets: [
        {
          expr: rate(
            'mcp_server_operation_duration_seconds_count',
            `${replicas},mcp_method_name!="tools/call"`,
            'mcp_method_name',
          ),
          legend: '{{mcp_method_name}}',
        },
      ],
    }),
    timeSeries({
      id: 206,
      title: 'Other MCP methods: latency p95',
      description:
        'Is anything but tool calls slow? 95th percentile by method, without streams. Click an exemplar to open its trace.',
      unit: 's',
      width: 8,
      thresholds: slowCalls,
      targets: [
        {
          expr: quantile(
            0.95,
            'mcp_server_operation_duration_seconds',
            `${replicas},mcp_method_name!="tools/call"`,
            'mcp_method_name',
          ),
          legend: '{{mcp_method_name}}',
          exemplar: true,
        },
      ],
    }),
  ],
}
