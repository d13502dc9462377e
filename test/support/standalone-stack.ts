import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startPostgres } from '../../dev/services/embedded-postgres.ts'
import { startRedis } from '../../dev/services/embedded-redis.ts'
import { type FaultyApi, startFaultyApi } from './faulty-api.ts'
import { type ProbedServer, startProbedServer } from './probed-server.ts'
import { createTemplateDatabase, executeSql, templateDatabase, urlOfDatabase } from './template-database.ts'

/** A server with its own stores for programs that run outside of node:test, such as soak and fuzz. */
export interface StandaloneStack {
  readonly server: ProbedServer
  readonly api: FaultyApi
  /** Runtime and stores with their versions, for a report. */
  readonly engines: string
  /** Removes and returns the telemetry received since the last call. */
  takeTelemetry(): Buffer[]
  stop(): Promise<void>
}

export interface StandaloneStackOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Password in the database URL, to detect leaks; the embedded Postgres does not check it. */
  readonly databasePassword?: string
  readonly onLine: (line: string) => void
}

export async function startStandaloneStack({
  env = {},
  databasePassword,
  onLine,
}: StandaloneStackOptions): Promise<StandaloneStack> {
  const stops: (() => unknown)[] = []
  const stop = async () => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne()
  }
  try {
    const postgres = await startPostgres()
    stops.push(() => postgres.stop())
    await createTemplateDatabase(postgres)
    const database = new URL(urlOfDatabase(postgres.url, templateDatabase))
    if (databasePassword !== undefined) {
      await executeSql(postgres.url, `alter role app password '${databasePassword}'`)
      database.password = databasePassword
    }
    const redis = await startRedis()
    stops.push(() => redis.stop())
    const api = await startFaultyApi()
    stops.push(() => api.stop())
    const backend = await startTelemetryBackend()
    stops.push(() => backend.stop())
    const server = await startProbedServer({
      env: {
        DATABASE_URL: database.href,
        REDIS_URL: redis.url,
        EXTERNAL_API_URL: api.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        RATE_LIMIT: 'off',
        ...env,
      },
      onLine,
    })
    stops.push(() => server.stop())
    const engines = `Node ${process.version}, ${postgres.engine}, ${redis.engine}`
    return { server, api, engines, takeTelemetry: () => backend.received.splice(0), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Accepts and keeps every request body. */
async function startTelemetryBackend() {
  const received: Buffer[] = []
  const server = createServer(async (request, response) => {
    for await (const chunk of request) received.push(chunk as Buffer)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop: () => server.close().closeAllConnections(),
  }
}
