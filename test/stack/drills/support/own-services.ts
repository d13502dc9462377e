import { rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../../dev/launcher/loopback-port.ts'
import { startPostgres } from '../../../../dev/services/embedded-postgres.ts'
import { startRedis } from '../../../../dev/services/embedded-redis.ts'
import type { Service } from '../../../../dev/services/service.ts'
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
async function stoppable(launch: () => Promise<Omit<Service, 'engine'>>): Promise<Stoppable> {
  let running: Omit<Service, 'engine'> | undefined = await launch()
  const { url } = running
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
  afterFile(service.stop)
  return service
}

/** Separate from the Postgres that tests share, because tests stop it. */
export async function startStoppablePostgres(): Promise<Stoppable> {
  const port = await freePort()
  let dataDir = join(tmpdir(), `drill-postgres-${port}`)
  afterFile(async () => {
    for (const path of [dataDir, `${dataDir}.log`, `${dataDir}.passwords`])
      await rm(path, { recursive: true, force: true })
  })
  return stoppable(async () => {
    const postgres = await startPostgres({ port, dataDir })
    dataDir = postgres.dataDir
    return postgres
  })
}

export async function startStoppableRedis(): Promise<Stoppable> {
  let url: string | undefined
  return stoppable(async () => {
    const redis = await startRedis(url === undefined ? {} : { url })
    url = redis.url
    return redis
  })
}

/** An OTLP endpoint that accepts and discards everything. */
export async function startStoppableOtlp(): Promise<Stoppable> {
  const port = await freePort()
  return stoppable(async () => {
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
    })
    await new Promise<Server>((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
    return {
      url: `http://127.0.0.1:${port}`,
      pid: process.pid,
      stop: async () => void server.close().closeAllConnections(),
    }
  })
}
