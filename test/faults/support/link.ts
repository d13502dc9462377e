import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../../dev/launcher/loopback-port.ts'
import { afterFile } from '../../support/cleanup.ts'

/** A way to a service that can be made slow, or be cut. */
export interface Link {
  /** The service's url by this way. */
  readonly url: string
  /** Each piece takes so long, in each direction. */
  delayMs: number
  /** Breaks what is open and refuses what comes. */
  cut(): void
  mend(): Promise<void>
}

export async function startLink(serviceUrl: string): Promise<Link> {
  const service = new URL(serviceUrl)
  const port = await freePort()
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(service.port), service.hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => undefined)
      from.once('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      let last: Promise<unknown> = Promise.resolve()
      from.on('data', (piece) => {
        const dueAtMs = performance.now() + link.delayMs
        last = last.then(async () => {
          if (link.delayMs > 0) await delay(Math.max(0, dueAtMs - performance.now()))
          if (!to.destroyed) to.write(piece)
        })
      })
    }
  })
  const url = new URL(serviceUrl)
  url.port = String(port)
  const link: Link = {
    url: url.href,
    delayMs: 0,
    cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
    async mend() {
      if (server.listening) return
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
  }
  await link.mend()
  afterFile(() => {
    if (server.listening) link.cut()
  })
  return link
}
