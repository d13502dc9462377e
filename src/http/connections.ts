import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Ends a server's connections without losing a request that a client sent on one of them. */
export interface Connections {
  /** No new ones from now on. Unlike the server's own `close`, it leaves alone those that are idle at this moment. */
  stopListening(): void
  /** Resolves when all have ended: by their last answer, or after a while without a request. */
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

export function trackConnections(server: Server): Connections {
  const open = new Map<Socket, Connection>()
  let ending = false

  server.on('connection', (socket) => {
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
    stopListening() {
      NetServer.prototype.close.call(server)
    },

    async end() {
      ending = true
      for (const { answering } of open.values()) for (const res of answering) announceEnd(res)
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
