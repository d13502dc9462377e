import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { ShortLivedSet } from '../../lib/short-lived.ts'

interface Connection {
  readonly socket: Socket
  /** While it has unread output: the start of the current period, and the bytes read until then. */
  period: { readonly sinceMs: number; readonly delivered: number } | undefined
}

/**
 * Closes connections whose client takes a waiting response more slowly than `minBytesPerSecond`, averaged over
 * `graceMs`. Node's idle timeout does not see such a client, because now and then it reads a little.
 */
export function closeSlowReaders(
  server: Server,
  { minBytesPerSecond, graceMs }: { readonly minBytesPerSecond: number; readonly graceMs: number },
): void {
  const open = new ShortLivedSet<Connection>()
  const minBytes = (minBytesPerSecond * graceMs) / 1_000

  server.on('connection', (socket) => socket.once('close', open.add({ socket, period: undefined })))

  const timer = setInterval(() => {
    const nowMs = performance.now()
    for (const connection of open) {
      const { socket, period } = connection
      const delivered = deliveredBytes(socket)
      if (socket.writableLength === 0) connection.period = undefined
      else if (period === undefined) connection.period = { sinceMs: nowMs, delivered }
      else if (nowMs - period.sinceMs >= graceMs) {
        if (delivered - period.delivered < minBytes) socket.destroy()
        else connection.period = { sinceMs: nowMs, delivered }
      }
    }
  }, graceMs / 4)
  timer.unref()
  server.once('close', () => clearInterval(timer))
}

/**
 * Bytes that the operating system has accepted. Workaround: Node counts a write only when it is complete, which takes
 * long for a large one. The progress within it, which also resets Node's idle timeout, is not public. It comes in
 * steps of a third of the kernel's send buffer. Delete when Node reports it.
 */
function deliveredBytes(socket: Socket): number {
  const { _handle: handle } = socket as { _handle?: { bytesWritten: number; writeQueueSize: number } | null }
  return handle ? handle.bytesWritten - handle.writeQueueSize : socket.bytesWritten - socket.writableLength
}
