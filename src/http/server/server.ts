import { createServer, type RequestListener, type Server } from 'node:http'
import type { Reject } from '../../telemetry/rejections.ts'
import { answerClientErrors } from './client-errors.ts'
import { endWaitingResponses } from './waiting-responses.ts'

/** How long, how much and how many: what a client may cost before the application sees anything of it. */
const limits = {
  maxHeaderBytes: 16 * 1024,
  maxHeaders: 200,
  /** For all headers of a request, from its first byte, or on a new connection from its beginning. */
  headersTimeoutMs: 10_000,
  /** For a whole request with its body. An answer may take as long as it needs. */
  requestTimeoutMs: 60_000,
  checkEveryMs: 2_000,
  /** For a connection between two requests: longer than proxies keep theirs, or they would send into closed ones. */
  keepAliveTimeoutMs: 65_000,
  /** Without a byte in either direction. Streams are sent a comment every 15 s; who takes none is not there. */
  idleTimeoutMs: 120_000,
  /** Before the process runs out of files, and with them of connections to its own dependencies. */
  maxConnections: 10_000,
}

/** A server that slow, large or broken requests can't hold up. */
export function createHttpServer(
  listener: RequestListener,
  { reject, ...changes }: { readonly reject: Reject } & Partial<typeof limits>,
): Server {
  const is = { ...limits, ...changes }
  const server = createServer(
    {
      maxHeaderSize: is.maxHeaderBytes,
      headersTimeout: is.headersTimeoutMs,
      requestTimeout: is.requestTimeoutMs,
      connectionsCheckingInterval: is.checkEveryMs,
      keepAliveTimeout: is.keepAliveTimeoutMs,
    },
    listener,
  )
  server.maxHeadersCount = is.maxHeaders
  server.timeout = is.idleTimeoutMs
  server.maxConnections = is.maxConnections
  endWaitingResponses(server)
  answerClientErrors(server, reject)
  return server
}
