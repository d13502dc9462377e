import { createServer, type RequestListener, type Server } from 'node:http'
import type { Reject } from '../../telemetry/rejections.ts'
import type { MessageClasses } from './app-prototypes.ts'
import { answerClientErrors } from './client-errors.ts'
import { boundIdleConnections } from './idle-connections.ts'
import { trackOpenResponses } from './open-responses.ts'
import { closePipelinedResponses } from './pipelined-responses.ts'
import { closeSlowReaders } from './slow-readers.ts'

/** Limits on clients, enforced before the application sees a request. */
const defaults = {
  maxHeaderBytes: 16 * 1024,
  maxHeaders: 200,
  /** For the headers of a request, from its first byte, or from the start of a new connection. */
  headersTimeoutMs: 10_000,
  /** For a request with its body. */
  requestTimeoutMs: 30_000,
  checkEveryMs: 2_000,
  /** Between two requests on one connection. */
  keepAliveTimeoutMs: 65_000,
  /** Connections that wait for their next request; the one that has been idle longest makes room. */
  maxIdleConnections: 1_000,
  /** No byte in either direction. Streams get a comment every 15 s, so only dead peers reach it. */
  idleTimeoutMs: 120_000,
  /** Minimum rate at which a client reads a waiting response, averaged over the grace period. */
  minReadBytesPerSecond: 1_024,
  slowReaderGraceMs: 20_000,
  /** Below the file descriptor limit, so that connections to dependencies remain possible. */
  maxConnections: 10_000,
}

/** An HTTP server with limits against slow, large and malformed requests. */
export function createHttpServer(
  listener: RequestListener,
  {
    reject,
    messages,
    ...changes
  }: { readonly reject: Reject; readonly messages?: MessageClasses } & Partial<typeof defaults>,
): Server {
  const limits = { ...defaults, ...changes }
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      ...messages,
    },
    listener,
  )
  server.maxHeadersCount = limits.maxHeaders
  server.timeout = limits.idleTimeoutMs
  server.maxConnections = limits.maxConnections
  trackOpenResponses(server)
  closePipelinedResponses(server)
  boundIdleConnections(server, limits.maxIdleConnections)
  closeSlowReaders(server, {
    minBytesPerSecond: limits.minReadBytesPerSecond,
    graceMs: limits.slowReaderGraceMs,
  })
  answerClientErrors(server, reject)
  return server
}
