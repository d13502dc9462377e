import { cacheResults, type Sink } from '../observer.ts'
import { errorCodes, type Labels, unknownLabel } from './labels.ts'
import type { Metrics } from './metrics.ts'

export interface MetricsSinkOptions {
  readonly metrics: Metrics
  readonly labels: Labels
  readonly tools: readonly string[]
}

/** Counts and times every MCP message. */
export function createMetricsSink({ metrics, labels, tools }: MetricsSinkOptions): Sink {
  for (const tool_name of [...tools, unknownLabel]) {
    metrics.initSeries('mcp_tool_calls_total', { tool_name, status: 'success' })
    metrics.initSeries('mcp_tool_calls_total', { tool_name, status: 'error' })
    metrics.initSeries('mcp_tool_latency_seconds', { tool_name })
    metrics.initSeries('mcp_tool_result_bytes', { tool_name })
    for (const code of errorCodes) metrics.initSeries('mcp_tool_errors_total', { tool_name, code })
  }

  for (const result of cacheResults)
    metrics.initSeries('mcp_cache_lookups_total', { cache: 'answers', result })

  return {
    end(record) {
      const { method, era, durationMs, status, span, traceKept, cache } = record
      const seconds = durationMs / 1000
      metrics.count('mcp_client_messages_total', { client_name: labels.client(record.clientName), era })
      if (record.kind === 'stream') {
        metrics.observe('mcp_stream_duration_seconds', {}, seconds)
        return
      }
      if (cache) metrics.count('mcp_cache_lookups_total', { cache: 'answers', result: cache })
      const tool_name = method === 'tools/call' ? labels.tool(record.target) : ''
      const exemplar = span && traceKept ? { trace_id: span.traceId, span_id: span.spanId } : undefined
      metrics.observe(
        'mcp_server_operation_duration_seconds',
        {
          mcp_method_name: labels.method(method),
          gen_ai_tool_name: tool_name,
          error_type: labels.errorType(record.errorType),
          mcp_protocol_version: labels.version(record.protocolVersion),
          network_transport: 'tcp',
        },
        seconds,
        exemplar,
      )
      if (method !== 'tools/call') return
      metrics.count('mcp_tool_calls_total', { tool_name, status })
      metrics.observe('mcp_tool_latency_seconds', { tool_name }, seconds, exemplar)
      if (status === 'error')
        metrics.count('mcp_tool_errors_total', { tool_name, code: record.errorCode ?? 'internal' })
      if (record.resultBytes !== undefined)
        metrics.observe('mcp_tool_result_bytes', { tool_name }, record.resultBytes)
    },
  }
}
