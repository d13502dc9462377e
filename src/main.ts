import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from './app.ts'
import { loadConfig } from './config.ts'
import { createDocumentStore } from './documents/document-store.ts'
import { readEnvironment, run } from './environment.ts'
import { discoverCatalog } from './mcp/discover.ts'
import { createEndpoint } from './mcp/endpoint.ts'
import { createChangeNotice, createEventBus } from './mcp/event-bus.ts'
import { authorized } from './mcp/pipeline/authorized.ts'
import { cached } from './mcp/pipeline/cached.ts'
import { observed } from './mcp/pipeline/observed.ts'
import { timed } from './mcp/pipeline/timed.ts'
import { validated } from './mcp/pipeline/validated.ts'
import { createBroadcast } from './services/broadcast.ts'
import { createCache } from './services/cache.ts'
import { createDatabase } from './services/postgres.ts'
import { closeRedis, createRedis } from './services/redis.ts'
import type { Services } from './services/services.ts'
import { createWikipediaClient } from './services/wikipedia.ts'
import { connectionsToEnd, shutDownOnSignals } from './shutdown.ts'
import { createLogSink } from './telemetry/log-sink.ts'
import { createLogger } from './telemetry/logger.ts'
import { createObserver } from './telemetry/observe.ts'
import { service } from './version.ts'

await run(async () => {
  const config = loadConfig(readEnvironment(), process.stdout.isTTY)
  const logger = createLogger({ ...config.log, serviceName: service.name })

  const database = createDatabase({ url: config.databaseUrl, logger: logger.child({ module: 'postgres' }) })
  const redisOptions = { url: config.redisUrl, logger: logger.child({ module: 'redis' }) }
  const redis = createRedis(redisOptions)
  const subscriber = createRedis(redisOptions)
  const cache = createCache({
    redis,
    namespace: config.publicUrl,
    logger: logger.child({ module: 'cache' }),
  })
  const broadcast = createBroadcast({
    publisher: redis,
    subscriber,
    logger: logger.child({ module: 'broadcast' }),
  })
  const bus = createEventBus({ broadcast, logger: logger.child({ module: 'event-bus' }) })

  const documents = createDocumentStore({ database, publicUrl: config.publicUrl })
  const wikipedia = createWikipediaClient({
    baseUrl: config.externalApiUrl,
    userAgent: `${service.name}/${service.version} (${config.publicUrl})`,
    logger: logger.child({ module: 'wikipedia' }),
  })
  const services: Services = { documents, wikipedia, documentsChanged: createChangeNotice({ cache, bus }) }

  const observer = createObserver([createLogSink(logger.child({ module: 'mcp' }))])
  const endpoint = createEndpoint({
    server: { ...service, websiteUrl: config.publicUrl },
    instructions:
      'Search the documents of this server with "search", read one with "fetch". The documents describe this server, its alerts and their runbooks.',
    catalog: await discoverCatalog(new URL('./', import.meta.url)),
    stages: [observed, timed, authorized, validated, cached(cache)],
    services,
    observer,
    bus,
    logger: logger.child({ module: 'mcp' }),
  })

  const server = createServer(
    createApp({ config, documents, endpoint, logger: logger.child({ module: 'http' }) }),
  )
  server.listen(config.port, config.host)
  await once(server, 'listening')
  logger.info('listening', {
    'server.address': config.host,
    'server.port': (server.address() as AddressInfo).port,
    'url.full': `${config.publicUrl}/mcp`,
  })

  shutDownOnSignals(
    [
      { name: 'stop listening', timeoutMs: 1_000, run: async () => server.close() },
      { name: 'finish calls', timeoutMs: 10_000, run: () => observer.idle() },
      { name: 'close streams', timeoutMs: 1_000, run: () => endpoint.close() },
      { name: 'finish responses', timeoutMs: 5_000, run: () => connectionsToEnd(server) },
      { name: 'close connections', timeoutMs: 1_000, run: async () => server.closeAllConnections() },
      { name: 'redis', timeoutMs: 1_000, run: () => Promise.all([redis, subscriber].map(closeRedis)) },
      { name: 'postgres', timeoutMs: 2_000, run: () => database.close() },
    ],
    logger,
  )
})
