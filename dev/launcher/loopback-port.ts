import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const loopback = '127.0.0.1'

/** Below those that systems give to outgoing connections (Linux from 32768 on, others from 49152), which could take it first. */
const range = { from: 15_000, to: 32_000 }
const maxTries = 100

/** A port of 127.0.0.1 that nothing listens on at this moment, for a program that is going to. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < maxTries; tries++) {
    const port = randomInt(range.from, range.to)
    const server = createServer().listen(port, loopback)
    try {
      await once(server, 'listening')
    } catch {
      continue
    }
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error(`No free port on ${loopback}`)
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
