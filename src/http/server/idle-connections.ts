import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Closes the connection that has been idle longest when more than `max` wait for their next request. */
export function boundIdleConnections(server: Server, max: number): void {
  /** The connection that has been idle longest first. */
  const idle = new Set<Socket>()
  const unanswered = new WeakMap<Socket, number>()

  server.on('connection', (socket) => socket.once('close', () => idle.delete(socket)))
  server.on('request', ({ socket }, res) => {
    idle.delete(socket)
    unanswered.set(socket, (unanswered.get(socket) ?? 0) + 1)
    res.once('close', () => {
      const left = (unanswered.get(socket) ?? 1) - 1
      unanswered.set(socket, left)
      if (left > 0 || socket.destroyed) return
      idle.add(socket)
      if (idle.size <= max) return
      const [longest] = idle
      longest?.destroySoon()
      if (longest) idle.delete(longest)
    })
  })
}
