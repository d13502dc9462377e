import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const loopback = '127.0.0.1'

/** Below the ephemeral range (from 32768 on Linux), so that no outgoing connection takes the port first. */
const range = { from: 15_000, to: 32_000 }
const maxTries = 100
const picked = new Set<number>()

/** Picks a port of 127.0.0.1 that is free right now, and that this process has not picked before, for any address. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < maxTries; tries++) {
    const port = randomInt(range.from, range.to)
    if (picked.has(port) || (await bindError(port, loopback)) !== undefined) continue
    picked.add(port)
    return port
  }
  throw new Error(`No free port on ${loopback}`)
}

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

/** The error code that listening would fail with (`EADDRINUSE`, `EACCES` …); undefined if it would succeed. */
export async function listenProblem(port: number, host: string): Promise<string | undefined> {
  // Some systems allow one server on every interface and another on loopback: connect first.
  if (await acceptsConnections(port, 'localhost')) return 'EADDRINUSE'
  return bindError(port, host)
}

async function bindError(port: number, host: string): Promise<string | undefined> {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
  server.close()
  await once(server, 'close')
  return undefined
}
