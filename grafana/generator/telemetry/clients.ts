import type { Row } from '../model.ts'
import { quantile, rate, replicas, total } from '../queries.ts'
import { table } from '../table.ts'
import { timeSeries } from '../time-series.ts'

export const clients: Row = {
  id: 300,
  title: 'Clients and builds',
  panels: [
    timeSeries({
      id: 301,
      title: 'Clients',
      description:
        'Who calls the server? MCP messages per second, by client. Unknown clients, and clients of the 2025 revisions that send no session id, are counted as other.',
      unit: 'cps',
      width: 8,
      stacked: true,
      targets: [
        { expr: rate('mcp_client_messages_total', replicas, 'client_name'), legend: '{{client_name}}' },
      ],
    }),
    timeSeries({
      id: 302,
      title: 'Protocol eras',
      description:
        'Which protocol do clients speak? MCP messages per second, by label era: modern is revision 2026-07-28, legacy the 2025 revisions.',
      unit: 'cps',
      width: 8,
      stacked: true,
      targets: [{ expr: rate('mcp_client_messages_total', replicas, 'era'), legend: '{{era}}' }],
    }),
    table({
      id: 303,
      title: 'Protocol revisions',
      description:
        'Which protocol revisions are in use? MCP messages in the selected time range, by protocol revision, without streams. Unknown revisions are counted as _unknown.',
      unit: 'none',
      width: 8,
      targets: [
        {
          expr: `round(${total('mcp_server_operation_duration_seconds_count', replicas, 'mcp_protocol_version')})`,
        },
      ],
      columns: [
        ['mcp_protocol_version', 'Revision'],
        ['Value', 'Messages'],
      ],
      sortBy: 'Messages',
    }),
    timeSeries({
      id: 305,
      title: 'HTTP requests: latency p95',
      description:
        'Are pages, probes or rejected requests slow? 95th percentile by route, without streams. Requests without a route, such as those rejected before routing, are _unknown.',
      unit: 's',
      width: 24,
      targets: [
        {
          expr: quantile(0.95, 'http_server_request_duration_seconds', replicas, 'http_route'),
          legend: '{{http_route}}',
        },
      ],
    }),
    table({
      id: 304,
      title: 'Builds',
      description:
        'Which builds run? Running builds. Different versions mean that a rollout is in progress or stuck.',
      unit: 'none',
      width: 24,
      height: 6,
      targets: [{ expr: `mcp_build_info{${replicas}}` }],
      columns: [
        ['instance', 'Replica'],
        ['version', 'Version'],
        ['commit', 'Commit'],
        ['node_version', 'Node'],
      ],
      hidden: ['__name__', 'Value', 'job'],
      sortBy: 'Replica',
    }),
  ],
}
