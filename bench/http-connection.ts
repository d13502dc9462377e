import { once } from 'node:events'
import { connect } from 'node:net'

export interface HttpResponse {
  readonly status: number
  readonly body: string
}

export interface HttpConnection {
  /** Sends a request and resolves to its response; one at a time. */
  request(bytes: Buffer): Promise<HttpResponse>
  /** Sends a request with a streamed response; resolves to the first part of its body. */
  open(bytes: Buffer): Promise<string>
  close(): void
}

/** A keep-alive connection with a minimal HTTP parser, to keep the cost of the load generator low. */
export async function openConnection(port: number): Promise<HttpConnection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let received: Buffer = Buffer.alloc(0)
  let check: () => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    check()
  })
  socket.on('error', (error) => fail(error))
  socket.on('close', () => fail(new Error('the server closed a connection in use')))

  function exchange<T>(bytes: Buffer, parse: (received: Buffer) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      if (socket.destroyed) reject(new Error('the server closed an idle connection'))
      fail = reject
      check = () => {
        const result = parse(received)
        if (result === undefined) return
        received = Buffer.alloc(0)
        fail = () => undefined
        resolve(result)
      }
      socket.write(bytes)
    })
  }

  return {
    request: (bytes) => exchange(bytes, parseResponse),
    open: (bytes) =>
      exchange(bytes, (text) =>
        text.includes('\n\n') ? text.toString().split('\r\n\r\n', 2)[1] : undefined,
      ),
    close: () => socket.destroy(),
  }
}

function parseResponse(received: Buffer): HttpResponse | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const head = received.toString('latin1', 0, headEnd)
  const body = received.subarray(headEnd + 4)
  const status = Number(head.slice(9, 12))
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  if (length !== undefined)
    return body.length < Number(length) ? undefined : { status, body: body.toString() }
  return body.toString('latin1', body.length - 5) === '0\r\n\r\n'
    ? { status, body: decodeChunks(body) }
    : undefined
}

function decodeChunks(body: Buffer): string {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16)
    if (size === 0) return Buffer.concat(parts).toString()
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
}
