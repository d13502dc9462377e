import assert from 'node:assert/strict'
import { type ServerProcess, spawnServer } from '../../support/server.ts'

/** A server that restarts on the same address. */
export interface Replica {
  readonly server: ServerProcess
  /** Fails if the shutdown is not graceful. */
  terminate(): Promise<void>
  kill(): Promise<void>
  start(): Promise<void>
}

export async function startReplica(env: Record<string, string>): Promise<Replica> {
  let server = await spawnServer(env)
  const { hostname: HOST, port: PORT } = new URL(server.url)
  return {
    get server() {
      return server
    },
    async terminate() {
      assert.equal(await server.stop('SIGTERM'), 0)
      const failures = server.lines.filter(({ message }) => /unhandled|shutdown step/.test(String(message)))
      assert.deepEqual(failures, [])
    },
    async kill() {
      await server.stop('SIGKILL')
    },
    async start() {
      server = await spawnServer({ ...env, HOST, PORT })
    },
  }
}
