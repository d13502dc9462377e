import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Arrays in a `WeakMap`: a long-lived `Map` or `Set` retains deleted entries until the next full garbage collection
 * (docs/decisions/0063).
 */
const openOn = new WeakMap<Socket, ServerResponse[]>()

const none: readonly ServerResponse[] = []

/** Responses of a connection that are not finished, oldest first; several with HTTP pipelining. */
export const openResponses = (socket: Socket): readonly ServerResponse[] => openOn.get(socket) ?? none

export function trackOpenResponses(server: Server): void {
  server.prependListener('request', ({ socket }, res) => {
    const open = openOn.get(socket) ?? []
    openOn.set(socket, open)
    open.push(res)
    res.once('close', () => open.splice(open.indexOf(res), 1))
  })
}
