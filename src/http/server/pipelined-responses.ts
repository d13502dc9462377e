import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Workaround: closes queued responses of a lost connection. With HTTP pipelining Node emits 'close' only for the
 * response being sent; the queued ones would hold their slots and streams forever. Delete when Node closes them.
 */
export function closePipelinedResponses(server: Server): void {
  const openOn = new WeakMap<Socket, Set<ServerResponse>>()

  function trackResponses(socket: Socket): Set<ServerResponse> {
    const open = new Set<ServerResponse>()
    openOn.set(socket, open)
    socket.once('close', () => {
      for (const res of open) {
        // Node closes the one that has a socket.
        if (res.socket !== null) continue
        res.destroy()
        res.emit('close')
      }
    })
    return open
  }

  server.on('request', ({ socket }, res) => {
    const open = openOn.get(socket) ?? trackResponses(socket)
    open.add(res)
    res.once('close', () => open.delete(res))
  })
}
