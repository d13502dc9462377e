import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { openResponses } from './open-responses.ts'

/** Closes the connection that has been idle longest when more than `max` wait for their next request. */
export function boundIdleConnections(server: Server, max: number): void {
  /** The connection that has been idle longest first. */
  const idle = new Set<Socket>()

  server.on('connection', (socket) => socket.once('close', () => idle.delete(socket)))
  server.on('request', ({ socket }, res) => {
    idle.delete(socket)
    res.once('close', () => {
      if (openResponses(socket).length > 0 || socket.destroyed) return
      idle.add(socket)
      if (idle.size <= max) return
      const [longest] = idle
      longest?.destroySoon()
      if (longest) idle.delete(longest)
    })
  })
}
