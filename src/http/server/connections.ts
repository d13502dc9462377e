import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'

/** Ends a server's connections without losing a request that a client sent on one of them. */
export interface Connections {
  /** From now on each answer is the last on its connection (`Connection: close`), so that clients connect elsewhere. */
  closeAfterAnswers(): void
  /** Takes those that have arrived, and no new ones from then on. Unlike the server's own `close`, it leaves alone those that are idle. */
  stopListening(): Promise<void>
  /** Resolves when all have ended: by their last answer, or after a second without a request. */
  end(): Promise<void>
}

interface Connection {
  readonly answering: Set<ServerResponse>
  bytesRead: number
  quietSinceMs: number
}

/**
 * A request may be on its way on a connection that looks idle from here, and would be lost with it. A client
 * that has one to send does so within this time, and is told by its answer to connect elsewhere.
 */
const quietMs = 1_000
const pollMs = 20
/** Of the event loop, for connections that have arrived; where more and more come there is no end to wait for. */
const maxTurns = 5

export function trackConnections(server: Server): Connections {
  const open = new Map<Socket, Connection>()
  let ending = false
  let accepted = 0

  server.on('connection', (socket) => {
    accepted++
    open.set(socket, { answering: new Set(), bytesRead: 0, quietSinceMs: performance.now() })
    socket.once('close', () => open.delete(socket))
  })
  // Before the application, which may begin to answer at once.
  server.prependListener('request', ({ socket }, res) => {
    const connection = open.get(socket)
    connection?.answering.add(res)
    if (ending) announceEnd(res)
    res.once('close', () => {
      connection?.answering.delete(res)
      if (connection) connection.quietSinceMs = performance.now()
    })
  })

  function isQuiet([{ bytesRead }, connection]: [Socket, Connection]): boolean {
    if (connection.bytesRead !== bytesRead) {
      connection.bytesRead = bytesRead
      connection.quietSinceMs = performance.now()
    }
    return connection.answering.size === 0 && performance.now() - connection.quietSinceMs >= quietMs
  }

  return {
    async stopListening() {
      // The system accepts connections before the process does. Those that still wait would be broken off.
      for (let turn = 0, before = -1; before !== accepted && turn < maxTurns; turn++) {
        before = accepted
        await setImmediate()
      }
      NetServer.prototype.close.call(server)
    },

    closeAfterAnswers() {
      ending = true
      for (const { answering } of open.values()) for (const res of answering) announceEnd(res)
    },

    async end() {
      while (open.size > 0) {
        for (const [socket] of [...open].filter(isQuiet)) socket.destroySoon()
        await delay(pollMs)
      }
    },
  }
}

/** An answer whose head is out already keeps its connection, for one more request at most. */
function announceEnd(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('connection', 'close')
}
