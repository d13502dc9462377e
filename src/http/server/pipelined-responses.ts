import type { Server } from 'node:http'
import { openResponses } from './open-responses.ts'

/**
 * Workaround: closes queued responses of a lost connection. With HTTP pipelining Node emits 'close' only for the
 * response being sent; the queued ones would hold their slots and streams forever. Delete when Node closes them.
 */
export function closePipelinedResponses(server: Server): void {
  server.on('connection', (socket) =>
    socket.once('close', () => {
      // A copy, because closing removes them.
      for (const res of [...openResponses(socket)]) {
        // Node closes the one that has a socket.
        if (res.socket !== null) continue
        res.destroy()
        res.emit('close')
      }
    }),
  )
}
