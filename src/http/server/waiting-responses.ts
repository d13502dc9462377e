import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Ends the responses that waited for their turn when their connection was lost. Requests may come one
 * behind the other without waiting (pipelining); when the connection dies, Node tells only the response
 * that is being sent. The others would hold what they hold, slots and streams, for ever.
 */
export function endWaitingResponses(server: Server): void {
  const openOn = new WeakMap<Socket, Set<ServerResponse>>()

  function follow(socket: Socket): Set<ServerResponse> {
    const open = new Set<ServerResponse>()
    openOn.set(socket, open)
    socket.once('close', () => {
      for (const res of open) {
        // The one with a socket is told by Node.
        if (res.socket !== null) continue
        res.destroy()
        res.emit('close')
      }
    })
    return open
  }

  server.on('request', ({ socket }, res) => {
    const open = openOn.get(socket) ?? follow(socket)
    open.add(res)
    res.once('close', () => open.delete(res))
  })
}
