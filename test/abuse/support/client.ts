import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Caller } from './caller.ts'

export interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface Answer {
  /** 0 if the connection was lost. */
  readonly status: number
  readonly text: string
}

/** HTTP from one caller's address, with its credential. */
export interface Client {
  send(sent: Sent): Promise<Answer>
  /** Sends one JSON-RPC request, or a text as the body. */
  post(body: object | string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /**
   * Opens a connection, sends a POST to /mcp and reads nothing.
   * @param options.bytes declared length, if the body is incomplete
   * @param options.times pipelined requests
   */
  open(
    body: string,
    options?: { bytes?: number; times?: number; headers?: Readonly<Record<string, string>> },
  ): Socket
  close(): void
}

const answerTimeoutMs = 60_000

const rpcHeaders = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  // The last revision with batches.
  'mcp-protocol-version': '2025-03-26',
}

export function createClient(serverUrl: string, { address, credential }: Caller): Client {
  const { hostname, port, host } = new URL(serverUrl)
  const agent = new Agent({ keepAlive: true })
  const sockets = new Set<Socket>()

  function send({ method = 'GET', path = '/', headers, body }: Sent): Promise<Answer> {
    return new Promise((resolve) => {
      const options = { hostname, port, path, method, agent, localAddress: address }
      const sent = request({ ...options, headers: { ...credential, ...headers } }, (response) => {
        let text = ''
        response
          .setEncoding('utf8')
          .on('data', (chunk) => {
            text += chunk
          })
          .once('end', () => resolve({ status: response.statusCode ?? 0, text }))
          .once('close', () => resolve({ status: 0, text: 'connection lost' }))
      })
      sent.setTimeout(answerTimeoutMs, () => sent.destroy(new Error('timed out')))
      sent.once('error', ({ message }) => resolve({ status: 0, text: message })).end(body)
    })
  }

  return {
    send,
    post: (body, headers) =>
      send({
        method: 'POST',
        path: '/mcp',
        headers: { ...rpcHeaders, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    open(body, { bytes = Buffer.byteLength(body), times = 1, headers } = {}) {
      const all = { host, ...rpcHeaders, ...credential, 'content-length': String(bytes), ...headers }
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
      const socket = connect({ host: hostname, port: Number(port), localAddress: address })
      socket.on('error', () => undefined)
      socket.write(`POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n${body}`.repeat(times))
      sockets.add(socket)
      return socket
    },
    close() {
      agent.destroy()
      for (const socket of sockets) socket.destroy()
    },
  }
}

export const rpc = (method: string, params: object = {}) => ({ jsonrpc: '2.0', id: 1, method, params })

export const toolCall = (name: string, args: object, rest: object = {}) =>
  rpc('tools/call', { name, arguments: args, ...rest })

/** Runs `work` for each number below `count`, at most `width` at a time. */
export async function concurrently<T>(
  count: number,
  width: number,
  work: (n: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let n = next++; n < count; n = next++) results[n] = await work(n)
    }),
  )
  return results
}

/** Counts answers by status: `8 × 413, 2 × 200`. */
export function tally(answers: readonly Pick<Answer, 'status'>[]): string {
  const counts = new Map<number, number>()
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${count} × ${status || 'no response'}`)
    .join(', ')
}

/** @returns the status of a response that begins with `head`; 0 if there is none */
export const statusOf = (head: string): number => Number(/^HTTP\/1\.1 (\d+) /.exec(head)?.[1] ?? 0)

/** Resolves to the first bytes that a socket receives, or to '' if there are none within `waitMs`. */
export async function firstBytes(socket: Socket, waitMs: number): Promise<string> {
  const signal = AbortSignal.timeout(waitMs)
  await once(socket, 'readable', { signal }).catch(() => undefined)
  return String(socket.read() ?? '')
}
