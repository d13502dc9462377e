import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { service } from '../../config/package.ts'
import { redactText } from '../log/redact.ts'

/** Express adds these; `host` has the port. */
type ExpressRequest = IncomingMessage & Partial<Record<'protocol' | 'host' | 'hostname', string | undefined>>

/** Wraps an HTTP request listener in a span. */
export type TraceListener = (
  listener: RequestListener,
  isUntraced: (path: string) => boolean,
) => RequestListener

/**
 * Wraps a request listener in a SERVER span by the HTTP semantic conventions
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/, "HTTP server"), with the parent of the request's
 * headers. Fast path: the instrumentations of http and Express do as much work for unsampled requests as for sampled
 * ones; this costs a sampling decision and a context.
 * @param isUntraced whether requests for a path get no span
 */
export const withHttpSpans: TraceListener = (listener, isUntraced) => {
  const tracer = trace.getTracer(service.name)
  return (req, res) => {
    const path = req.url?.split('?', 1)[0] ?? ''
    if (isUntraced(path)) {
      context.with(suppressTracing(ROOT_CONTEXT), listener, undefined, req, res)
      return
    }
    const parent = propagation.extract(ROOT_CONTEXT, req.headers)
    const span = tracer.startSpan(req.method ?? 'GET', { kind: SpanKind.SERVER }, parent)
    if (span.isRecording()) record(span, req, res, path)
    context.with(trace.setSpan(parent, span), listener, undefined, req, res)
  }
}

function record(span: Span, req: IncomingMessage, res: ServerResponse, path: string): void {
  span.setAttributes(attributesOf(req, path))
  res.once('close', () => {
    const route = routeOf(req)
    span.setAttributes(addressesOf(req))
    // Without headers, the client disconnected before there was a status.
    if (res.headersSent) span.setAttribute('http.response.status_code', res.statusCode)
    if (route !== undefined) span.updateName(`${req.method} ${route}`).setAttribute('http.route', route)
    if (res.statusCode >= 500)
      span.setAttribute('error.type', String(res.statusCode)).setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  })
}

const maxAttributeLength = 200
/** Redacts and cuts text of callers for an attribute. */
export const redactAndCut = (text: string | undefined) =>
  text && redactText(text).slice(0, maxAttributeLength)

/** Without the URL's query, which can contain callers' data. */
function attributesOf({ method, headers, socket, httpVersion }: IncomingMessage, path: string): Attributes {
  return {
    'http.request.method': method,
    'url.path': redactAndCut(path),
    'network.peer.address': withoutMapping(socket.remoteAddress),
    'network.peer.port': socket.remotePort,
    'network.protocol.version': httpVersion,
    'user_agent.original': redactAndCut(headers['user-agent']),
  }
}

/** As the client sees them: Express derives them from Host and the headers of trusted proxies. */
function addressesOf({ protocol, host, hostname, socket }: ExpressRequest): Attributes {
  const port = /:(\d{1,5})$/.exec(host ?? '')?.[1]
  const defaultPort = protocol === 'https' ? 443 : 80
  return {
    'url.scheme': protocol === 'https' ? 'https' : 'http',
    'server.address': redactAndCut(hostname) || withoutMapping(socket.localAddress),
    'server.port': port === undefined ? (hostname ? defaultPort : socket.localPort) : Number(port),
  }
}

/** On a dual-stack socket IPv4 addresses are mapped to IPv6. */
const withoutMapping = (address: string | undefined) => address?.replace(/^::ffff:/, '')

/** The matched route pattern, which Express stores in the request. */
export function routeOf(req: { url?: string | undefined; route?: { path: unknown } }): string | undefined {
  const path = req.route?.path
  return typeof path === 'string' ? path : undefined
}
