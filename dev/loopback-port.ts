import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const loopback = '127.0.0.1'

/** A port of 127.0.0.1 that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, loopback)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1')
  return address.port
}

/** Whether something accepts connections there. */
export async function acceptsConnections(port: number, host: string, timeoutMs = 1_000): Promise<boolean> {
  const socket = connect({ port, host })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) })
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Why a server could not listen there: `EADDRINUSE`, `EACCES` …; undefined when it could. */
export async function listenProblem(port: number, host: string): Promise<string | undefined> {
  // Some systems let two servers share a port, one on every interface and one on loopback: ask first.
  if (await acceptsConnections(port, loopback)) return 'EADDRINUSE'
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    server.close()
  }
}
