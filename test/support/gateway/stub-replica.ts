import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterFile } from '../cleanup.ts'

export interface StubReplica {
  readonly address: string
  /** Whether the ops port responds 200. */
  isReady: boolean
  /** Connections to the main port so far. */
  readonly connections: number
  stop(): Promise<void>
}

/** A replica with the ports of the server, whose responses the test writes. */
export async function startStubReplica(
  { host, port, opsPort }: { host: string; port: number; opsPort: number },
  listener: RequestListener,
): Promise<StubReplica> {
  let connections = 0
  const main = createServer(listener).on('connection', () => connections++)
  const ops = createServer((_req, res) => void res.writeHead(replica.isReady ? 200 : 503).end())
  await Promise.all([listen(main, port, host), listen(ops, opsPort, host)])
  const replica = {
    address: host,
    isReady: true,
    get connections() {
      return connections
    },
    stop: async () => void (await Promise.all([close(main), close(ops)])),
  }
  afterFile(replica.stop)
  return replica
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await once(server.listen(port, host), 'listening')
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}
