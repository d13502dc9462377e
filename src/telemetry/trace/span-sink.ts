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
import { redactText } from '../log/redact.ts'
import { type Labels, unknownLabel } from '../metrics/labels.ts'
import { type EndedRecord, type MessageRecord, promptMethods, type Sink } from '../observer.ts'
import { captureContent } from './captured-content.ts'
import { redactAndCut } from './http-spans.ts'

type SpanSinkOptions = { readonly labels: Labels; readonly capturesContent?: boolean }

/** Trace context only: a client's baggage would be forwarded to every upstream. */
const propagator = new W3CTraceContextPropagator()
const carrier = {
  get: (message: MessageRecord, key: string) =>
    key === 'traceparent' ? message.traceparent : key === 'tracestate' ? message.tracestate : undefined,
  keys: () => ['traceparent', 'tracestate'],
}

/** The latency objective. The collector keeps slower traces too. */
const slowMs = 1_000

/** Client errors: `error.type` on the span, without error status. */
const clientErrorCodes = new Set([-32700, -32600, -32601, -32602])

const opened = Symbol('span')

/** Not in a map: V8 would keep the record for long (docs/decisions/0063). */
interface RecordWithSpan extends MessageRecord {
  [opened]?: { readonly span: Span; readonly context: Context }
}

/**
 * One SERVER span per MCP message, by the MCP semantic conventions
 * (https://github.com/open-telemetry/semantic-conventions-genai, "Server"). Its parent is the client's span from
 * `_meta`, with a span link to the HTTP span; without a client span, the HTTP span.
 * @param capturesContent adds arguments and results of tool calls
 */
export function createSpanSink({ labels, capturesContent }: SpanSinkOptions): Sink {
  const tracer = trace.getTracer(service.name)
  const keepNextAtMs = new Map<string, number>()

  /** Failed and slow calls, and one call of each name a second: kept traces do not grow with load. */
  function isKept(record: EndedRecord, failed: boolean): boolean {
    // The collector decides on a stream's trace before the stream ends.
    if (record.kind === 'stream') return false
    const name = nameOf(record, labels)
    const now = performance.now()
    if (!failed && record.durationMs <= slowMs && now < (keepNextAtMs.get(name) ?? 0)) return false
    keepNextAtMs.set(name, now + 1_000)
    return true
  }

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
      ;(record as RecordWithSpan)[opened] = { span, context: trace.setSpan(parent, span) }
    },

    around(record, work) {
      const { [opened]: message } = record as RecordWithSpan
      return message === undefined ? work() : context.with(message.context, work)
    },

    end(record) {
      const span = (record as RecordWithSpan)[opened]?.span
      if (span?.isRecording() !== true) return
      span.setAttributes(outcomeOf(record))
      if (record.joined) span.addLink({ context: record.joined })
      if (capturesContent && record.method === 'tools/call') {
        span.setAttributes({
          'gen_ai.tool.call.arguments': captureContent(record.arguments),
          'gen_ai.tool.call.result': captureContent(record.result),
        })
      }
      const failed = record.errorType !== undefined && !clientErrorCodes.has(record.rpcError?.code ?? 0)
      if (failed) {
        span.setStatus({
          code: SpanStatusCode.ERROR,
          message: redactText(record.error?.message ?? record.rpcError?.message ?? ''),
        })
      }
      record.traceKept = isKept(record, failed)
      if (record.traceKept) span.setAttribute('sampling.priority', 1)
      span.end()
    },
  }
}

function nameOf({ method, target }: MessageRecord, labels: Labels): string {
  const known = labels.method(method)
  if (known === unknownLabel) return 'mcp message'
  const name = method === 'tools/call' ? labels.tool(target) : labels.prompt(promptOf(method, target))
  return name === unknownLabel ? known : `${known} ${name}`
}

const promptOf = (method: string, target: string | undefined) =>
  promptMethods.has(method) ? target : undefined

/** OpenTelemetry ignores undefined attributes. */
function attributesOf(record: MessageRecord): Attributes {
  const { method, id, target, client } = record
  const isToolCall = method === 'tools/call'
  return {
    'mcp.method.name': redactAndCut(method),
    'mcp.session.id': redactAndCut(record.sessionId),
    'mcp.client.name': redactAndCut(record.clientName),
    'mcp.client.version': redactAndCut(record.clientVersion),
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    'network.protocol.version': record.httpVersion,
    'client.address': client?.address,
    'client.port': client?.port,
    'enduser.id': record.caller,
    'jsonrpc.request.id': redactAndCut(id === undefined ? id : String(id)),
    'mcp.resource.uri': redactAndCut(record.resourceUri),
    'gen_ai.operation.name': isToolCall ? 'execute_tool' : undefined,
    'gen_ai.tool.name': isToolCall ? redactAndCut(target) : undefined,
    'gen_ai.prompt.name': redactAndCut(promptOf(method, target)),
  }
}

function outcomeOf({ rpcError, ...record }: EndedRecord): Attributes {
  return {
    'error.type': record.errorType,
    'mcp.protocol.version': redactAndCut(record.protocolVersion),
    'error.code': record.errorCode,
    'rpc.response.status_code': rpcError && String(rpcError.code),
    'mcp.cache.result': record.cache,
    'mcp.result.bytes': record.resultBytes,
    'mcp.result.type': record.resultType,
  }
}
