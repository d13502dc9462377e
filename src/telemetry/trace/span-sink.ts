import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { service } from '../../config/package.ts'
import type { Labels } from '../metrics/labels.ts'
import { unknownLabel } from '../metrics/labels.ts'
import type { EndedRecord, MessageRecord, Sink } from '../observer.ts'

/** Trace context only: a client's baggage would be forwarded to every upstream. */
const propagator = new W3CTraceContextPropagator()
const carrier = {
  get: (message: MessageRecord, key: string) =>
    key === 'traceparent' ? message.traceparent : key === 'tracestate' ? message.tracestate : undefined,
  keys: () => ['traceparent', 'tracestate'],
}

/** Client errors: recorded on the span, without error status. */
const clientErrorCodes = new Set([-32700, -32600, -32601, -32602])

/**
 * One SERVER span per MCP message, by the MCP semantic conventions
 * (https://github.com/open-telemetry/semantic-conventions-genai, "Server"). Its parent is the client's span from
 * `_meta`, with a span link to the HTTP span; without a client span, the HTTP span.
 */
export function createSpanSink({ labels }: { labels: Labels }): Sink {
  const tracer = trace.getTracer(service.name)
  const spans = new Map<MessageRecord, { span: Span; context: Context }>()

  return {
    start(record) {
      const ambient = context.active()
      const remote =
        record.traceparent === undefined ? ROOT_CONTEXT : propagator.extract(ROOT_CONTEXT, record, carrier)
      const fromClient = trace.getSpanContext(remote)
      const http = trace.getSpanContext(ambient)
      const parent = fromClient ? trace.setSpanContext(ambient, fromClient) : ambient
      const span = tracer.startSpan(
        nameOf(record, labels),
        {
          kind: SpanKind.SERVER,
          links: fromClient && http && isSpanContextValid(http) ? [{ context: http }] : [],
        },
        parent,
      )
      if (span.isRecording()) span.setAttributes(attributesOf(record))
      const spanContext = span.spanContext()
      if (isSpanContextValid(spanContext)) record.span = spanContext
      spans.set(record, { span, context: trace.setSpan(parent, span) })
    },

    around(record, work) {
      const opened = spans.get(record)
      return opened === undefined ? work() : context.with(opened.context, work)
    },

    end(record) {
      const span = spans.get(record)?.span
      spans.delete(record)
      if (span?.isRecording() !== true) return
      span.setAttributes(outcomeOf(record))
      if (record.errorType !== undefined && !clientErrorCodes.has(record.rpcError?.code ?? 0)) {
        span.setStatus({
          code: SpanStatusCode.ERROR,
          message: record.error?.message ?? record.rpcError?.message ?? '',
        })
      }
      span.end()
    },
  }
}

function nameOf({ method, target }: MessageRecord, labels: Labels): string {
  const known = labels.method(method)
  const tool = method === 'tools/call' ? labels.tool(target) : unknownLabel
  return tool === unknownLabel ? (known === unknownLabel ? 'mcp message' : known) : `${known} ${tool}`
}

const maxAttributeLength = 200
const shorten = (text: string): string => text.slice(0, maxAttributeLength)

function attributesOf({ method, id, target, protocolVersion, resourceUri }: MessageRecord): Attributes {
  return {
    'mcp.method.name': shorten(method),
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    ...(id === undefined ? {} : { 'jsonrpc.request.id': shorten(String(id)) }),
    ...(protocolVersion === undefined ? {} : { 'mcp.protocol.version': shorten(protocolVersion) }),
    ...(resourceUri === undefined ? {} : { 'mcp.resource.uri': shorten(resourceUri) }),
    ...(method === 'tools/call' && {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': shorten(target ?? ''),
    }),
    ...(method === 'prompts/get' && { 'gen_ai.prompt.name': shorten(target ?? '') }),
  }
}

function outcomeOf({ errorType, errorCode, rpcError, cache, resultBytes }: EndedRecord): Attributes {
  return {
    ...(errorType === undefined || clientErrorCodes.has(rpcError?.code ?? 0)
      ? {}
      : { 'error.type': errorType }),
    ...(errorCode === undefined ? {} : { 'error.code': errorCode }),
    ...(rpcError === undefined ? {} : { 'rpc.response.status_code': String(rpcError.code) }),
    ...(cache === undefined ? {} : { 'mcp.cache.result': cache }),
    ...(resultBytes === undefined ? {} : { 'mcp.result.bytes': resultBytes }),
  }
}
