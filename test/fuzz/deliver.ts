import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createAnswerReader, type HttpAnswer } from './answers.ts'
import type { HostileCase } from './hostile-case.ts'

/** What became of a case. */
export interface Outcome {
  readonly answers: readonly HttpAnswer[]
  /** An answer that was not complete when the connection ended or the time was up. */
  readonly partial: HttpAnswer | undefined
  /** `answered`: all that was owed. `closed`: by the server. `left`: by the client, on purpose. `overdue`: the time is up. */
  readonly end: 'answered' | 'closed' | 'left' | 'overdue'
}

/** Sends cases one after another, over one connection for as long as the server keeps it. */
export interface Sender {
  deliver(hostile: HostileCase): Promise<Outcome>
  close(): void
}

const boundMs = 20_000
const pauseBetweenPiecesMs = 2

export function createSender(port: number): Sender {
  let kept: Socket | undefined

  function drop(): void {
    // A reset leaves no TIME_WAIT behind: a hundred thousand connections would use up all ports.
    kept?.resetAndDestroy()
    kept = undefined
  }

  async function deliver({ pieces, ending, requests }: HostileCase): Promise<Outcome> {
    const reused = kept !== undefined && !kept.destroyed && kept.writable
    const socket = reused && kept ? kept : connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    kept = socket
    const reader = createAnswerReader(requests.map(({ method }) => method))
    const answers: HttpAnswer[] = []
    const outcome = new Promise<Outcome['end']>((resolve) => {
      const timer = setTimeout(() => resolve('overdue'), boundMs)
      const done = (end: Outcome['end']) => {
        clearTimeout(timer)
        resolve(end)
      }
      socket.on('data', (bytes) => {
        answers.push(...reader.push(bytes))
        const streams = isOpenStream(reader.rest(false)) && requests[answers.length]?.mayStream === true
        if (ending === 'wait' && (answers.length >= requests.length || streams)) done('answered')
      })
      socket.once('end', () => done('closed'))
      socket.once('close', () => done('closed'))
      // Writing to a connection that the server has closed; `close` follows.
      socket.on('error', () => undefined)
    })
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await delay(pauseBetweenPiecesMs)
      if (socket.writable) socket.write(piece)
    }
    if (ending === 'half-close') socket.end()
    const end =
      ending === 'leave' ? await delay(pauseBetweenPiecesMs).then(() => 'left' as const) : await outcome
    const partial = reader.rest(end === 'closed')
    socket.removeAllListeners()
    socket.on('error', () => undefined)
    const last = answers.at(-1)
    const reusable = end === 'answered' && partial === undefined && last?.headers.connection !== 'close'
    if (!reusable || ending !== 'wait') drop()
    return { answers, partial, end }
  }

  return { deliver, close: drop }
}

const isOpenStream = (answer: HttpAnswer | undefined): boolean =>
  answer?.status === 200 && answer.headers['content-type'] === 'text/event-stream' && answer.body.length > 0
