import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from './cleanup.ts'

/** A TCP proxy that injects latency and outages. */
export interface TcpProxy {
  /** The URL of the service through the proxy. */
  readonly url: string
  /** Latency per chunk and direction. */
  delayMs: number
  /** Closes open connections and refuses new ones. */
  cut(): void
  /** Refuses new connections; open ones stay. */
  refuse(): void
  restore(): Promise<void>
  /** Leads new connections to another service; open ones stay, as behind many load balancers. */
  switchTo(serviceUrl: string): void
}

export async function startTcpProxy(serviceUrl: string): Promise<TcpProxy> {
  let service = new URL(serviceUrl)
  const port = await freePort()
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(service.port), service.hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => undefined)
      from.once('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      let last: Promise<unknown> = Promise.resolve()
      from.on('data', (chunk) => {
        const dueAtMs = performance.now() + proxy.delayMs
        last = last.then(async () => {
          if (proxy.delayMs > 0) await delay(Math.max(0, dueAtMs - performance.now()))
          if (!to.destroyed) to.write(chunk)
        })
      })
    }
  })
  const url = new URL(serviceUrl)
  url.port = String(port)
  const proxy: TcpProxy = {
    url: url.href,
    delayMs: 0,
    refuse() {
      server.close()
    },
    cut() {
      proxy.refuse()
      for (const socket of sockets) socket.destroy()
    },
    async restore() {
      if (server.listening) return
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    switchTo(otherUrl) {
      service = new URL(otherUrl)
    },
  }
  await proxy.restore()
  afterFile(() => {
    if (server.listening) proxy.cut()
  })
  return proxy
}
