import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Reject, RejectionReason } from '../../telemetry/rejections.ts'
import { openResponses } from './open-responses.ts'

interface ErrorResponse {
  readonly reason: RejectionReason
  readonly httpStatus: number
  readonly phrase: string
}

const malformed: ErrorResponse = { reason: 'malformed_http', httpStatus: 400, phrase: 'Bad Request' }

const responses: Readonly<Record<string, ErrorResponse>> = {
  HPE_HEADER_OVERFLOW: {
    reason: 'headers_too_large',
    httpStatus: 431,
    phrase: 'Request Header Fields Too Large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { reason: 'request_timeout', httpStatus: 408, phrase: 'Request Timeout' },
}

/**
 * Responds to malformed, oversized and slow requests as Node does by default, and also counts and logs them, because
 * they never reach the application.
 */
export function answerClientErrors(server: Server, reject: Reject): void {
  const latest = new WeakMap<Duplex, IncomingMessage>()
  server.on('connection', (socket) => socket.once('close', () => latest.delete(socket)))
  server.on('request', (req) => latest.set(req.socket, req))

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const gone = error.code === 'ECONNRESET' || !socket.writable
    const silent = 'bytesRead' in socket && socket.bytesRead === 0
    if (!gone && !silent) {
      const { reason, httpStatus, phrase } = responses[error.code ?? ''] ?? malformed
      // Never write into the middle of another response.
      if (openResponses(socket as Socket).every(({ headersSent }) => !headersSent))
        socket.write(`HTTP/1.1 ${httpStatus} ${phrase}\r\nConnection: close\r\n\r\n`)
      // The body reader reports a request whose body was incomplete.
      if (latest.get(socket)?.complete !== false) reject({ reason, httpStatus, message: phrase })
    }
    socket.destroy(error)
  })
}
