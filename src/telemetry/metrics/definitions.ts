import { domainMetrics } from './domain.ts'

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  readonly buckets?: readonly number[]
  /** Attaches an exemplar to each bucket, for sampled traces. */
  readonly exemplars?: boolean
}

/** Buckets of `mcp.server.operation.duration` in the MCP semantic conventions, in seconds. */
const operationBuckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]
/** Buckets of `http.server.request.duration` in the HTTP semantic conventions, in seconds. */
const httpBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** From a client that reconnects at once to one that listens all day, in seconds. */
const streamBuckets = [1, 10, 60, 300, 900, 3_600, 14_400, 43_200, 86_400]
const byteBuckets = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304]

/** Every metric of this server. Names and labels are a contract with rules, dashboards and the metrics guide. */
export const metricDefinitions = {
  mcp_tool_calls_total: {
    type: 'counter',
    help: 'Tool calls, by tool and outcome (success, error).',
    labels: ['tool_name', 'status'],
  },
  mcp_tool_latency_seconds: {
    type: 'histogram',
    help: 'Time from the arrival of a tool call to its response, in seconds.',
    labels: ['tool_name'],
    buckets: latencyBuckets,
    exemplars: true,
  },
  mcp_tool_errors_total: {
    type: 'counter',
    help: 'Failed tool calls, by tool and code of the error table.',
    labels: ['tool_name', 'code'],
  },
  mcp_tool_result_bytes: {
    type: 'histogram',
    help: "Size of a tool's result, in bytes of JSON.",
    labels: ['tool_name'],
    buckets: byteBuckets,
  },
  mcp_server_operation_duration_seconds: {
    type: 'histogram',
    help: 'Duration of MCP messages except streams, in seconds (semantic convention mcp.server.operation.duration).',
    labels: [
      'mcp_method_name',
      'gen_ai_tool_name',
      'error_type',
      'mcp_protocol_version',
      'network_transport',
    ],
    buckets: operationBuckets,
    exemplars: true,
  },
  mcp_stream_duration_seconds: {
    type: 'histogram',
    help: 'Time that subscriptions/listen streams were open, in seconds, observed at their end.',
    labels: [],
    buckets: streamBuckets,
  },
  http_server_request_duration_seconds: {
    type: 'histogram',
    help: 'Duration of HTTP requests except streams, in seconds (semantic convention http.server.request.duration).',
    labels: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: httpBuckets,
  },
  mcp_requests_rejected_total: {
    type: 'counter',
    help: 'HTTP requests rejected before they became an MCP message, by reason.',
    labels: ['reason'],
  },
  mcp_messages_in_flight: { type: 'gauge', help: 'MCP messages in flight, except streams.', labels: [] },
  mcp_streams_open: { type: 'gauge', help: 'Open subscriptions/listen streams.', labels: [] },
  mcp_client_messages_total: {
    type: 'counter',
    help: 'MCP messages, by client and protocol era; unknown clients count as other.',
    labels: ['client_name', 'era'],
  },
  mcp_dependency_up: {
    type: 'gauge',
    help: '1 if the latest check of a dependency succeeded, else 0.',
    labels: ['dependency'],
  },
  mcp_dependency_check_seconds: {
    type: 'gauge',
    help: 'Duration of the latest check of a dependency, in seconds.',
    labels: ['dependency'],
  },
  mcp_dependency_operation_seconds: {
    type: 'histogram',
    help: 'Duration of operations on dependencies, in seconds, by outcome (success, error).',
    labels: ['dependency', 'operation', 'outcome'],
    buckets: latencyBuckets,
  },
  mcp_cache_lookups_total: {
    type: 'counter',
    help: 'Cache lookups of calls, by result (hit, miss, shared, error).',
    labels: ['cache', 'result'],
  },
  mcp_pg_pool_connections: {
    type: 'gauge',
    help: 'Connections of the Postgres pool by state (idle, used), and calls waiting for one.',
    labels: ['state'],
  },
  mcp_pg_pool_max: { type: 'gauge', help: 'Maximum Postgres connections for calls.', labels: [] },
  mcp_telemetry_export_failures_total: {
    type: 'counter',
    help: 'Failed export batches, by signal.',
    labels: ['signal'],
  },
  mcp_log_lines_dropped_total: {
    type: 'counter',
    help: 'Log lines that were dropped because the reader of standard output stalled or went away.',
    labels: [],
  },
  mcp_events_dropped_total: {
    type: 'counter',
    help: 'Events that did not reach a stream or the other replicas, by kind and reason.',
    labels: ['event', 'reason'],
  },
  mcp_rate_limit_fallback: {
    type: 'gauge',
    help: '1 while each process counts rate limits itself because Redis failed, else 0.',
    labels: [],
  },
  mcp_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels identify the build.',
    labels: ['version', 'commit', 'node_version'],
  },
  nodejs_eventloop_time_seconds_total: {
    type: 'counter',
    help: 'Time of the event loop by state: active, idle (semantic convention nodejs.eventloop.time).',
    labels: ['nodejs_eventloop_state'],
  },
  nodejs_heap_size_limit_bytes: { type: 'gauge', help: 'Limit of the V8 heap, in bytes.', labels: [] },
  ...domainMetrics,
} as const satisfies Record<string, MetricDefinition>

export type Definitions = typeof metricDefinitions
type NamesOf<Type extends MetricDefinition['type']> = {
  [Name in keyof Definitions]: Definitions[Name]['type'] extends Type ? Name : never
}[keyof Definitions]

export type MetricName = keyof Definitions
export type CounterName = NamesOf<'counter'>
export type GaugeName = NamesOf<'gauge'>
export type HistogramName = NamesOf<'histogram'>
/** Exactly the labels of a metric. */
export type LabelsOf<Name extends MetricName> = Record<Definitions[Name]['labels'][number], string>
