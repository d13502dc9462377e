import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { ShortLivedSet } from '../../lib/short-lived.ts'
import { openResponses } from './open-responses.ts'

/** Closes the connection that has been idle longest when more than `max` wait for their next request. */
export function boundIdleConnections(server: Server, max: number): void {
  /** The connection that has been idle longest first. */
  const idle = new ShortLivedSet<Socket>()
  const wake = new WeakMap<Socket, () => boolean>()

  server.on('connection', (socket) => socket.once('close', () => wake.get(socket)?.()))
  server.on('request', ({ socket }, res) => {
    wake.get(socket)?.()
    res.once('close', () => {
      if (openResponses(socket).length > 0 || socket.destroyed) return
      wake.set(socket, idle.add(socket))
      if (idle.size <= max) return
      const [longest] = idle
      longest?.destroySoon()
      if (longest) wake.get(longest)?.()
    })
  })
}
