/** The sample API with fault injection, for tests of a server whose external API misbehaves. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerFromSamples, sendError } from '../../dev/services/sample-api.ts'
import type { Service } from '../../dev/services/service.ts'

export type Fault =
  | { kind: 'slow'; delayMs: number }
  /** 429 with `Retry-After`, one second by default. */
  | { kind: 'rate-limit'; retryAfterSeconds?: number }
  | { kind: 'reply'; status: number; headers: Record<string, string>; body?: string }
  /**
   * `error`: 500. `garbage`: 200 with a body that is not JSON. `reset`: connection reset in mid-body. `frozen`: no
   * response. `endless`: a body without end. `refused`: connection refused.
   */
  | { kind: 'error' | 'garbage' | 'reset' | 'frozen' | 'endless' | 'refused' }

export type ReceivedRequest = {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
}

export type FaultyApi = Service & {
  /** The latest 1000 requests, oldest first. */
  requests: ReceivedRequest[]
  /** Injects a fault into every request; `undefined` ends it. */
  setFault(fault: Fault | undefined): void
}

const maxRequests = 1_000
const json = { 'content-type': 'application/json' }

export async function startFaultyApi(): Promise<FaultyApi> {
  const requests: ReceivedRequest[] = []
  let fault: Fault | undefined
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const { method = '', headers } = request
    requests.push({ method, path: url.pathname, query: url.searchParams, headers })
    if (requests.length > maxRequests) requests.shift()
    respond(request, response, fault)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    engine: 'sample API with fault injection',
    pid: process.pid,
    requests,
    setFault(next) {
      fault = next
      if (fault?.kind === 'refused') server.close().closeAllConnections()
      else if (!server.listening) server.listen(port, '127.0.0.1')
    },
    async stop() {
      if (!server.listening) return
      server.close().closeAllConnections()
      await once(server, 'close')
    },
  }
}

function respond(request: IncomingMessage, response: ServerResponse, fault?: Fault): void {
  switch (fault?.kind) {
    case undefined:
      answerFromSamples(request, response)
      return
    case 'slow': {
      const timer = setTimeout(() => answerFromSamples(request, response), fault.delayMs)
      response.once('close', () => clearTimeout(timer))
      return
    }
    case 'rate-limit':
      response.setHeader('retry-after', fault.retryAfterSeconds ?? 1)
      sendError(response, 429, 'Too Many Requests')
      return
    case 'reply':
      response.writeHead(fault.status, fault.headers).end(fault.body)
      return
    case 'error':
      sendError(response, 500, 'Internal Server Error')
      return
    case 'garbage':
      response.writeHead(200, json).end('<html>{"pages": not JSON')
      return
    case 'reset':
      response.writeHead(200, { ...json, 'content-length': 10_000 })
      // A reset discards unsent data: let the first part arrive.
      response.write('{"pages":[', () => setTimeout(() => request.socket.resetAndDestroy(), 20))
      return
    case 'frozen':
    case 'refused':
      return
    case 'endless': {
      response.writeHead(200, json).write('{"pages":[')
      const timer = setInterval(() => {
        if (!response.writableNeedDrain) response.write(' '.repeat(65_536))
      }, 10)
      response.once('close', () => clearInterval(timer))
      return
    }
  }
}
