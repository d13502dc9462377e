import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { HostileCase } from './hostile-case.ts'
import { createResponseReader, type HttpResponse } from './responses.ts'

/** The result of a case. */
export interface Outcome {
  readonly responses: readonly HttpResponse[]
  /** A response that was incomplete at the end of the connection or at the timeout. */
  readonly partial: HttpResponse | undefined
  /** `answered`: all expected responses arrived. `closed`: by the server. `aborted`: by the client, on purpose. */
  readonly end: 'answered' | 'closed' | 'aborted' | 'timed out'
}

/** Sends cases one after the other and reuses the connection while the server keeps it open. */
export interface Sender {
  send(hostile: HostileCase): Promise<Outcome>
  close(): void
}

const timeoutMs = 20_000
const chunkIntervalMs = 2

export function createSender(port: number): Sender {
  let connection: Socket | undefined

  function drop(): void {
    // A reset skips TIME_WAIT: 100 000 connections would exhaust the ports.
    connection?.resetAndDestroy()
    connection = undefined
  }

  async function send({ chunks, ending, requests }: HostileCase): Promise<Outcome> {
    const reused = connection !== undefined && !connection.destroyed && connection.writable
    const socket =
      reused && connection ? connection : connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    connection = socket
    const reader = createResponseReader(requests.map(({ method }) => method))
    const responses: HttpResponse[] = []
    const outcome = new Promise<Outcome['end']>((resolve) => {
      const timer = setTimeout(() => resolve('timed out'), timeoutMs)
      const done = (end: Outcome['end']) => {
        clearTimeout(timer)
        resolve(end)
      }
      socket.on('data', (bytes) => {
        responses.push(...reader.push(bytes))
        const streams = isOpenStream(reader.rest(false)) && requests[responses.length]?.mayStream === true
        if (ending === 'wait' && (responses.length >= requests.length || streams)) done('answered')
      })
      socket.once('end', () => done('closed'))
      socket.once('close', () => done('closed'))
      // A write to a connection that the server closed; `close` follows.
      socket.on('error', () => undefined)
    })
    for (const [index, chunk] of chunks.entries()) {
      if (index > 0) await delay(chunkIntervalMs)
      if (socket.writable) socket.write(chunk)
    }
    if (ending === 'half-close') socket.end()
    const end =
      ending === 'abort' ? await delay(chunkIntervalMs).then(() => 'aborted' as const) : await outcome
    const partial = reader.rest(end === 'closed')
    socket.removeAllListeners()
    socket.on('error', () => undefined)
    const last = responses.at(-1)
    const reusable = end === 'answered' && partial === undefined && last?.headers.connection !== 'close'
    if (!reusable || ending !== 'wait') drop()
    return { responses, partial, end }
  }

  return { send, close: drop }
}

const isOpenStream = (response: HttpResponse | undefined): boolean =>
  response?.status === 200 &&
  response.headers['content-type'] === 'text/event-stream' &&
  response.body.length > 0
