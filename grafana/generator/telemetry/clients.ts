import { curves } from '../curves.ts'
import type { Row } from '../model.ts'
import { rate, replicas, total } from '../queries.ts'
import { table } from '../table.ts'

export const clients: Row = {
  id: 300,
  title: 'Clients and builds',
  panels: [
    curves({
      id: 301,
      title: 'Clients',
      description:
        'MCP messages per second, by client. Clients that are not known by name, and 2025 clients after their first message, are other.',
      unit: 'reqps',
      width: 8,
      stacked: true,
      targets: [
        { expr: rate('mcp_client_requests_total', replicas, 'client_name'), legend: '{{client_name}}' },
      ],
    }),
    curves({
      id: 302,
      title: 'Eras',
      description:
        'MCP messages per second, by protocol era: modern is 2026-07-28, legacy the 2025 revisions.',
      unit: 'reqps',
      width: 8,
      stacked: true,
      targets: [{ expr: rate('mcp_client_requests_total', replicas, 'era'), legend: '{{era}}' }],
    }),
    table({
      id: 303,
      title: 'Protocol versions in the time shown',
      description: 'MCP messages by the protocol version they name. Versions that do not exist are _unknown.',
      unit: 'short',
      width: 8,
      targets: [
        {
          expr: `round(${total('mcp_server_operation_duration_seconds_count', replicas, 'mcp_protocol_version')})`,
        },
      ],
      columns: [
        ['mcp_protocol_version', 'Version'],
        ['Value', 'Messages'],
      ],
      sortBy: 'Messages',
    }),
    table({
      id: 304,
      title: 'Builds',
      description: 'What runs. Two lines of one service mean that a release is under way, or stuck.',
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
