import { rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../../dev/launcher/loopback-port.ts'
import { startPostgres } from '../../../../dev/services/embedded-postgres.ts'
import { startRedis } from '../../../../dev/services/embedded-redis.ts'
import { afterFile } from '../../../support/cleanup.ts'

/** A service that restarts on the same address with the same data. */
export interface Stoppable {
  readonly url: string
  /** The current process. */
  pid(): number
  stop(): Promise<void>
  /** Does nothing if it is running. */
  start(): Promise<void>
}

/** Starts a service that ends with the test file. */
async function stoppable(
  url: string,
  launch: () => Promise<{ pid: number; stop(): Promise<unknown> }>,
): Promise<Stoppable> {
  let running: { pid: number; stop(): Promise<unknown> } | undefined
  const service: Stoppable = {
    url,
    pid() {
      if (running === undefined) throw new Error(`no service is running at ${url}`)
      return running.pid
    },
    async start() {
      running ??= await launch()
    },
    async stop() {
      const stopping = running
      running = undefined
      await stopping?.stop()
    },
  }
  await service.start()
  afterFile(service.stop)
  return service
}

/** Separate from the Postgres that tests share, because tests stop it. */
export async function startStoppablePostgres(): Promise<Stoppable> {
  const port = await freePort()
  let dataDir = join(tmpdir(), `drill-postgres-${port}`)
  afterFile(async () => {
    for (const path of [dataDir, `${dataDir}.log`]) await rm(path, { recursive: true, force: true })
  })
  return stoppable(`postgres://app@127.0.0.1:${port}/app`, async () => {
    const postgres = await startPostgres({ port, dataDir })
    dataDir = postgres.dataDir
    return postgres
  })
}

export async function startStoppableRedis(): Promise<Stoppable> {
  const port = await freePort()
  return stoppable(`redis://127.0.0.1:${port}`, () => startRedis({ port }))
}

/** An OTLP endpoint that accepts and discards everything. */
export async function startStoppableOtlp(): Promise<Stoppable> {
  const port = await freePort()
  return stoppable(`http://127.0.0.1:${port}`, async () => {
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
    })
    await new Promise<Server>((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
    return { pid: process.pid, stop: async () => server.close().closeAllConnections() }
  })
}
