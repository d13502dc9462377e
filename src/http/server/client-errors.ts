import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Reject, RejectionReason } from '../../telemetry/rejections.ts'

interface Answer {
  readonly reason: RejectionReason
  readonly httpStatus: number
  readonly phrase: string
}

const malformed: Answer = { reason: 'malformed_http', httpStatus: 400, phrase: 'Bad Request' }

const answers: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: {
    reason: 'headers_too_large',
    httpStatus: 431,
    phrase: 'Request Header Fields Too Large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { reason: 'request_timeout', httpStatus: 408, phrase: 'Request Timeout' },
}

/**
 * Answers what is not HTTP, too large or too slow as Node would, and reports it, which Node does not: these
 * never become a request that the application sees.
 */
export function answerClientErrors(server: Server, reject: Reject): void {
  const latest = new WeakMap<Duplex, { req: IncomingMessage; res: ServerResponse }>()
  server.on('request', (req, res) => latest.set(req.socket, { req, res }))

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const gone = error.code === 'ECONNRESET' || !socket.writable
    const silent = 'bytesRead' in socket && socket.bytesRead === 0
    if (!gone && !silent) {
      const { reason, httpStatus, phrase } = answers[error.code ?? ''] ?? malformed
      const { req, res } = latest.get(socket) ?? {}
      // Into the middle of another answer nothing is written.
      if (!res?.headersSent || res.writableFinished)
        socket.write(`HTTP/1.1 ${httpStatus} ${phrase}\r\nConnection: close\r\n\r\n`)
      // A request whose body was on its way is reported by who reads it.
      if (req?.complete !== false) reject({ reason, httpStatus, message: phrase })
    }
    socket.destroy(error)
  })
}
