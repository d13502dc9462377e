import { type HttpConnection, openConnection } from './http-connection.ts'
import { assertExpected, type Era, encode, type Rpc } from './rpc.ts'

export interface LoadOptions {
  readonly port: number
  readonly era: Era
  readonly connections: number
  readonly rpc: (connection: number) => Rpc
  /** Asks `rpc` for each request; by default once per connection. */
  readonly varied?: boolean
}

export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  /** Milliseconds per request. */
  readonly latencies: readonly number[]
}

export interface Load {
  /** Closed-loop load, after a pause on new connections. A fixed number of requests, not a duration, gives slow servers the same warm-up and batches. */
  run(requests: number): Promise<LoadResult>
  close(): void
}

/** A request on a connection that the server is about to close would fail; servers wait for 5 s or more. */
const maxIdleMs = 3_000

export async function connectLoad({ port, era, connections, rpc, varied }: LoadOptions): Promise<Load> {
  const requestOf = (connection: number) => {
    const call = rpc(connection)
    return { call, bytes: encode(call, era, port) }
  }
  const clients: { connection: HttpConnection; next: () => ReturnType<typeof requestOf> }[] = []
  for (let i = 1; i <= connections; i++) {
    const first = varied ? undefined : requestOf(i)
    clients.push({ connection: await openConnection(port), next: () => first ?? requestOf(i) })
  }
  let usedAtMs = performance.now()
  return {
    async run(requests) {
      if (performance.now() - usedAtMs > maxIdleMs)
        for (const client of clients) {
          client.connection.close()
          client.connection = await openConnection(port)
        }
      const latencies: number[] = []
      const startedAt = performance.now()
      let left = requests
      await Promise.all(
        clients.map(async ({ connection, next }) => {
          while (left-- > 0) {
            const { call, bytes } = next()
            const sentAt = performance.now()
            assertExpected(await connection.request(bytes), call)
            latencies.push(performance.now() - sentAt)
          }
        }),
      )
      usedAtMs = performance.now()
      return { requests: latencies.length, seconds: (usedAtMs - startedAt) / 1000, latencies }
    },
    close() {
      for (const { connection } of clients) connection.close()
    },
  }
}
