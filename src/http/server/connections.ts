import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import { ShortLivedSet } from '../../lib/short-lived.ts'
import { openResponses } from './open-responses.ts'

/** Drains a server's connections without losing a request that a client has already sent. */
export interface Connections {
  /** Sends `Connection: close` with every response from now on, so that clients reconnect to another instance. */
  closeAfterResponses(): void
  /** Accepts the connections in the backlog, then closes the listener. Unlike `Server.close`, it keeps idle ones. */
  stopListening(): Promise<void>
  /** Resolves when all connections are closed: after their last response, or after one idle second. */
  end(): Promise<void>
}

interface Connection {
  readonly socket: Socket
  /** State at the latest poll, like the fields below. */
  bytesRead: number
  isAnswered: boolean
  idleSinceMs: number
}

/** Grace period of an idle connection: a request may be in flight, and closing would lose it. */
const idleMs = 1_000
const pollMs = 20
/** Event-loop turns for accepting the backlog; bounded, because under load it never empties. */
const maxTurns = 5

export function trackConnections(server: Server): Connections {
  const open = new ShortLivedSet<Connection>()
  let ending = false
  let accepted = 0

  server.on('connection', (socket) => {
    accepted++
    const leave = open.add({ socket, bytesRead: 0, isAnswered: true, idleSinceMs: performance.now() })
    socket.once('close', leave)
  })
  // Prepended, because the application may send its headers synchronously.
  server.prependListener('request', (_req, res) => {
    if (ending) setConnectionClose(res)
  })

  function isIdle(connection: Connection): boolean {
    const { bytesRead } = connection.socket
    const isAnswered = openResponses(connection.socket).length === 0
    // A response that closed since the latest poll may have closed just now.
    if (!isAnswered || !connection.isAnswered || connection.bytesRead !== bytesRead)
      connection.idleSinceMs = performance.now()
    Object.assign(connection, { bytesRead, isAnswered })
    return performance.now() - connection.idleSinceMs >= idleMs
  }

  return {
    async stopListening() {
      // Closing the listener resets connections that wait in the kernel's backlog.
      for (let turn = 0, before = -1; before !== accepted && turn < maxTurns; turn++) {
        before = accepted
        await setImmediate()
      }
      NetServer.prototype.close.call(server)
    },

    closeAfterResponses() {
      ending = true
      for (const { socket } of open) for (const res of openResponses(socket)) setConnectionClose(res)
    },

    async end() {
      while (open.size > 0) {
        // Lets waiting requests be read first: after a blocked event loop, timers run before sockets are read.
        await setImmediate()
        for (const { socket } of [...open].filter(isIdle)) socket.destroySoon()
        await delay(pollMs)
      }
    },
  }
}

/** A response whose headers are sent keeps its connection, for one more request at most. */
function setConnectionClose(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('connection', 'close')
}
