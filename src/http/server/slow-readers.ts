import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { ShortLivedSet } from '../../lib/short-lived.ts'

/**
 * Closes connections whose client takes a waiting response more slowly than `minBytesPerSecond`, averaged over
 * `graceMs`. Node's idle timeout does not see such a client, because now and then it reads a little.
 */
export function closeSlowReaders(
  server: Server,
  { minBytesPerSecond, graceMs }: { readonly minBytesPerSecond: number; readonly graceMs: number },
): void {
  /** Connections with unread output, by the start of the current period and the bytes read until then. */
  const waiting = new Map<Socket, { sinceMs: number; delivered: number }>()

  const open = new ShortLivedSet<Socket>()
  const minBytes = (minBytesPerSecond * graceMs) / 1_000

  server.on('connection', (socket) => {
    const leave = open.add(socket)
    socket.once('close', () => {
      leave()
      waiting.delete(socket)
    })
  })

  const timer = setInterval(() => {
    const nowMs = performance.now()
    for (const socket of open) {
      if (socket.writableLength === 0) {
        waiting.delete(socket)
        continue
      }
      const delivered = socket.bytesWritten - socket.writableLength
      const period = waiting.get(socket)
      if (period === undefined) waiting.set(socket, { sinceMs: nowMs, delivered })
      else if (nowMs - period.sinceMs >= graceMs) {
        if (delivered - period.delivered < minBytes) socket.destroy()
        else waiting.set(socket, { sinceMs: nowMs, delivered })
      }
    }
  }, graceMs / 4)
  timer.unref()
  server.once('close', () => clearInterval(timer))
}
