import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createApp, createOpsApp } from './app.ts'
import { loadConfig } from './config/config.ts'
import { projectPath, readEnvironment, run } from './config/environment.ts'
import { service, serviceDescription } from './config/package.ts'
import { createDomain } from './domain.ts'
import { dependencyChecks } from './health/dependencies.ts'
import { createHealth } from './health/health.ts'
import { clientAddress } from './http/client-address.ts'
import { createAccess } from './http/middleware/access.ts'
import { createOps } from './http/ops.ts'
import { createSite } from './http/pages/site.ts'
import { trackConnections } from './http/server/connections.ts'
import { createHttpServer } from './http/server/server.ts'
import { createLoadShedding } from './mcp/admission/load-shedding.ts'
import { createRateLimit } from './mcp/admission/rate-limit.ts'
import { createScopeAdmission } from './mcp/admission/scopes.ts'
import { createStreamDrain } from './mcp/admission/stream-drain.ts'
import { allScopes, discoverCatalog, initialScopes } from './mcp/catalog.ts'
import { describeTool } from './mcp/define/describe-tool.ts'
import { createEndpoint } from './mcp/endpoint.ts'
import { createChangeNotice, createEventBus } from './mcp/event-bus.ts'
import { authorize } from './mcp/pipeline/authorize.ts'
import { limitTime } from './mcp/pipeline/limit-time.ts'
import { recordCall } from './mcp/pipeline/record-call.ts'
import { useCache } from './mcp/pipeline/use-cache.ts'
import { validateInput } from './mcp/pipeline/validate-input.ts'
import { validateOutput } from './mcp/pipeline/validate-output.ts'
import { createDatabase } from './postgres/database.ts'
import { createBroadcast } from './redis/broadcast.ts'
import { createCache } from './redis/cache.ts'
import { becomesReady, closeRedis, createRedis } from './redis/client.ts'
import { createRateLimiters } from './redis/rate-limiter.ts'
import { installShutdown } from './shutdown.ts'
import { createLogSink } from './telemetry/log/log-sink.ts'
import { createMetricsSink } from './telemetry/metrics/metrics-sink.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { createSpanSink } from './telemetry/trace/span-sink.ts'

await run(async () => {
  const config = loadConfig(readEnvironment(), process.stdout.isTTY)
  const catalog = await discoverCatalog(new URL('./', import.meta.url))
  const tools = catalog.tools.map(({ name }) => name)
  const telemetry = createTelemetry({
    ...config,
    service,
    tools,
    sinks: [createSpanSink, createMetricsSink, createLogSink],
  })
  const { logger, metrics, observer, reject, prometheus } = telemetry
  const signalsOf = (module: string) => ({ logger: logger.child({ module }), metrics })

  const database = createDatabase({ url: config.databaseUrl, ...signalsOf('postgres') })
  const redis = createRedis({ url: config.redisUrl, ...signalsOf('redis') })
  const subscriber = createRedis({ url: config.redisUrl, ...signalsOf('redis') })
  const cache = createCache({ redis, namespace: config.publicUrl, ...signalsOf('cache') })
  const broadcast = createBroadcast({ publisher: redis, subscriber, ...signalsOf('broadcast') })
  const bus = createEventBus({ broadcast, ...signalsOf('event-bus') })
  const resourcesChanged = createChangeNotice({ cache, bus })
  const domain = createDomain({ config, database, resourcesChanged, signalsOf })
  const health = createHealth({
    checks: [...dependencyChecks({ database, redis }), ...domain.checks],
    ...signalsOf('health'),
  })

  const access = createAccess({
    config,
    scopes: { initial: initialScopes(catalog), all: allScopes(catalog) },
    database,
    logger: logger.child({ module: 'auth' }),
    reject,
  })
  const { maxConcurrentCalls, maxStreams, rateLimit } = config
  const streamDrain = createStreamDrain()
  const admissions = [streamDrain.admit, createLoadShedding({ maxCalls: maxConcurrentCalls, maxStreams })]
  if (rateLimit) {
    const limiters = createRateLimiters({
      redis,
      namespace: config.publicUrl,
      perMinute: { caller: rateLimit.caller, tool: rateLimit.tool },
      logger: logger.child({ module: 'rate-limiter' }),
    })
    admissions.push(createRateLimit({ limiters, tools: new Set(tools), addressOf: clientAddress }))
  }
  admissions.push(createScopeAdmission(catalog, access.challenge))

  const endpoint = createEndpoint({
    server: { ...service, websiteUrl: config.publicUrl },
    instructions: domain.instructions,
    catalog,
    stages: [recordCall, limitTime, authorize, validateInput, useCache(cache), validateOutput],
    services: domain.services,
    observer,
    reject,
    bus,
    admissions,
    maxStreams,
    logger: logger.child({ module: 'mcp' }),
  })

  const http = logger.child({ module: 'http' })
  const ops = createOps({ health, metrics, prometheus })
  const opsHere = config.opsPort === undefined ? ops : undefined
  const site = createSite({
    server: { ...service, description: serviceDescription },
    publicUrl: config.publicUrl,
    authMode: config.auth.mode,
    tools: catalog.tools.map(describeTool),
    watch: config.watch,
    opsHere: opsHere !== undefined,
    health,
    assets: projectPath('public'),
  })
  const app = createApp({
    access,
    config,
    endpoint,
    logger: http,
    reject,
    ops: opsHere,
    pages: domain.pages?.(access),
    site,
  })
  const server = createHttpServer(telemetry.traced(app), { reject })
  const connections = trackConnections(server)
  const opsServer = createHttpServer(createOpsApp(ops, http), { reject })

  // Installed before listening, so that no signal can interrupt a request.
  installShutdown({
    steps: [
      { name: 'announce', timeoutMs: config.shutdownDelayMs + 1_000, run: announce },
      { name: 'stop listening', timeoutMs: 2_000, run: stopListening },
      { name: 'end streams', timeoutMs: 1_000, run: endStreams },
      { name: 'finish calls', timeoutMs: 15_000, run: finishCalls },
      { name: 'close connections', timeoutMs: 1_000, run: async () => server.closeAllConnections() },
      { name: 'domain', timeoutMs: 2_000, run: () => domain.close() },
      { name: 'redis', timeoutMs: 1_000, run: () => Promise.all([redis, subscriber].map(closeRedis)) },
      { name: 'postgres', timeoutMs: 2_000, run: () => database.close() },
      { name: 'ops endpoints', timeoutMs: 1_000, run: async () => opsServer.close().closeAllConnections() },
    ],
    logger: logger.child({ module: 'shutdown' }),
    flush: telemetry.close,
  })

  /** Fails readiness and keeps serving until load balancers have noticed. */
  async function announce(): Promise<void> {
    if (config.shutdownDelayMs === 0) return
    drain()
    await delay(config.shutdownDelayMs)
  }

  /** Drains after the listener is closed, because clients that reconnect must not reach this instance again. */
  async function stopListening(): Promise<void> {
    await connections.stopListening()
    drain()
  }

  function drain(): void {
    health.drain()
    connections.closeAfterResponses()
  }

  async function endStreams(): Promise<void> {
    streamDrain.begin()
    await endpoint.endStreams()
  }

  /** Waits for connections first, because clients can still send requests on them. */
  async function finishCalls(): Promise<void> {
    await connections.end()
    await observer.idle()
  }

  // Redis connects in the background; without this wait the first health report would show it as down.
  await becomesReady(redis, 500)
  void health.report()
  await listen(server, config.port)
  if (config.opsPort !== undefined) await listen(opsServer, config.opsPort)

  async function listen(listening: Server, port: number): Promise<void> {
    listening.listen(port, config.host)
    await once(listening, 'listening')
    logger.info('listening', {
      module: 'main',
      function: 'listen',
      'server.address': config.host,
      'server.port': (listening.address() as AddressInfo).port,
      ...(listening === server && { 'url.full': `${config.publicUrl}/mcp` }),
    })
  }
})
