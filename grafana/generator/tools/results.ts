import { curves } from '../curves.ts'
import type { Row } from '../model.ts'
import { burning, quantile, rate, replicas, shareOf, tools, total } from '../queries.ts'
import { table } from '../table.ts'
import { slowCalls } from '../thresholds.ts'

export const results: Row = {
  id: 200,
  title: 'Errors and results',
  panels: [
    table({
      id: 201,
      title: 'Errors in the time shown',
      description:
        'Failed calls by tool and code. Which codes burn the budget: timeout, unavailable, upstream_error, internal.',
      unit: 'short',
      width: 8,
      targets: [{ expr: `round(${total('mcp_tool_errors_total', tools, 'tool_name, code')}) > 0` }],
      columns: [
        ['tool_name', 'Tool'],
        ['code', 'Code'],
        ['Value', 'Errors'],
      ],
      sortBy: 'Errors',
      runbooks: ['HighErrorRate'],
    }),
    curves({
      id: 202,
      title: 'Share of calls that fail through our fault',
      description: 'Share of calls that burn the availability budget, by tool.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      thresholds: [
        [null, 'green'],
        [0.005, 'yellow'],
        [0.1, 'red'],
      ],
      targets: [
        {
          expr: `${rate('mcp_tool_errors_total', `${tools},${burning}`, 'tool_name')} / (${rate('mcp_tool_calls_total', tools, 'tool_name')} > 0)`,
          legend: '{{tool_name}}',
        },
      ],
      runbooks: ['HighErrorRate', 'AvailabilityBudgetBurn'],
    }),
    curves({
      id: 203,
      title: 'Size of answers p95',
      description:
        'Bytes of JSON that 95 % of the answers stayed below, by tool. Large answers fill the context of the model.',
      unit: 'bytes',
      width: 8,
      targets: [
        { expr: quantile(0.95, 'mcp_tool_result_bytes', tools, 'tool_name'), legend: '{{tool_name}}' },
      ],
    }),
    curves({
      id: 204,
      title: 'Answers from the cache',
      description: 'Share of look-ups that found an answer. Adding a document empties the cache of searches.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      targets: [
        {
          expr: shareOf('mcp_cache_requests_total', {
            matchers: replicas,
            only: 'result="hit"',
            by: 'cache',
          }),
          legend: '{{cache}}',
        },
      ],
      runbooks: ['CacheErrors'],
    }),
    curves({
      id: 205,
      title: 'Other MCP methods',
      description: 'Messages per second that are no tool calls, by method.',
      unit: 'reqps',
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
    curves({
      id: 206,
      title: 'Latency p95 of other MCP methods',
      description:
        'By method, without streams, which last as long as their client likes. The dots are single messages: click one for its trace.',
      unit: 's',
      width: 8,
      thresholds: slowCalls,
      targets: [
        {
          expr: quantile(
            0.95,
            'mcp_server_operation_duration_seconds',
            `${replicas},mcp_method_name!~"tools/call|subscriptions/listen"`,
            'mcp_method_name',
          ),
          legend: '{{mcp_method_name}}',
          exemplar: true,
        },
      ],
    }),
  ],
}
