import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createApp, createOpsApp } from './app.ts'
import { type Config, ConfigError } from './config/config.ts'
import { projectPath } from './config/environment.ts'
import { service, serviceDescription } from './config/package.ts'
import { createDomain } from './domain.ts'
import { dependencyChecks } from './health/dependencies.ts'
import { createHealth } from './health/health.ts'
import { clientAddress, clientOf } from './http/client-address.ts'
import { createAccess } from './http/middleware/access.ts'
import { createIpRateLimit } from './http/middleware/ip-rate-limit.ts'
import { serverCard } from './http/middleware/server-card.ts'
import { createOps, isOpsPath } from './http/ops.ts'
import { createSite } from './http/pages/site.ts'
import { withAppPrototypes } from './http/server/app-prototypes.ts'
import { trackConnections } from './http/server/connections.ts'
import { createHttpServer } from './http/server/server.ts'
import { boundLookups } from './lib/bounded-lookup.ts'
import { createIdleStreamRejection } from './mcp/admission/idle-streams.ts'
import { createLoadShedding } from './mcp/admission/load-shedding.ts'
import { createRateLimit } from './mcp/admission/rate-limit.ts'
import { createScopeAdmission } from './mcp/admission/scopes.ts'
import { createStreamDrain } from './mcp/admission/stream-drain.ts'
import { createUnreadOutputLimit } from './mcp/admission/unread-output.ts'
import { limitUriLength } from './mcp/admission/uri-length.ts'
import { createCancellations } from './mcp/cancellation.ts'
import { allScopes, type Catalog, discoverCatalog, initialScopes } from './mcp/catalog.ts'
import { describeTool } from './mcp/define/describe-tool.ts'
import { createEndpoint } from './mcp/endpoint.ts'
import { createChangeNotice, createEventBus } from './mcp/event-bus.ts'
import { pipelineStages } from './mcp/pipeline/stages.ts'
import { bodyLimits } from './mcp/read-body.ts'
import { createDatabase } from './postgres/database.ts'
import { type BroadcastOptions, createBroadcast } from './redis/broadcast.ts'
import { createCache } from './redis/cache.ts'
import { closeRedis, createRedis, waitUntilReady } from './redis/client.ts'
import { checkPermissions } from './redis/permissions.ts'
import { createRateLimiter } from './redis/rate-limiter.ts'
import type { Shutdown } from './shutdown.ts'
import { createLogSink } from './telemetry/log/log-sink.ts'
import type { LogOutput } from './telemetry/log/standard-output.ts'
import { measureHttp } from './telemetry/metrics/http-metrics.ts'
import { createMetricsSink } from './telemetry/metrics/metrics-sink.ts'
import { exporting } from './telemetry/register.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { createSpanSink } from './telemetry/trace/span-sink.ts'

export interface McpServer {
  listen(): Promise<void>
  readonly shutdown: Shutdown
}

/**
 * Builds the server. Several fit into one process.
 * @param output of the log; by default standard output
 * @throws ConfigError if DISABLED_TOOLS names a tool that does not exist
 */
export async function createServer(config: Config, output?: LogOutput): Promise<McpServer> {
  const catalog = withoutTools(await discoverCatalog(new URL('./', import.meta.url)), config.disabledTools)
  const tools = catalog.tools.map(({ name }) => name)
  // First, because sockets keep the lookup function that they were created with.
  boundLookups(config.statsd ? [...exporting.hosts, config.statsd.host] : exporting.hosts)
  const telemetry = createTelemetry({
    ...config,
    output,
    tools,
    prompts: catalog.prompts.map(({ name }) => name),
    sinks: [createSpanSink, createMetricsSink, createLogSink],
  })
  const { logger, metrics, observer, reject, prometheus } = telemetry
  const signalsOf = (module: string) => ({ logger: logger.child({ module }), metrics })

  const database = createDatabase({
    url: config.databaseUrl,
    // From the async context, so that a service cannot forget to pass it on.
    currentOwner: () => observer.current()?.owner ?? '',
    ...signalsOf('postgres'),
  })
  const redis = createRedis({ url: config.redisUrl, ...signalsOf('redis') })
  checkPermissions(redis, logger.child({ module: 'redis' }))
  const subscriber = createRedis({ url: config.redisUrl, ...signalsOf('redis') })
  const cache = createCache({ redis, namespace: config.publicUrl, ...signalsOf('cache') })
  const broadcastOn = (channel: BroadcastOptions['channel']) =>
    createBroadcast({ publisher: redis, subscriber, channel, ...signalsOf('broadcast') })
  const bus = createEventBus({ broadcast: broadcastOn('mcp:events'), ...signalsOf('event-bus') })
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
  const { maxBodyBytes, calls, streams, rateLimit } = config
  const streamDrain = createStreamDrain()
  const earlyAdmissions = [createUnreadOutputLimit()]
  const admissions = [createIdleStreamRejection(catalog), createLoadShedding({ calls, streams })]
  if (rateLimit) {
    const limiter = createRateLimiter({ redis, namespace: config.publicUrl, ...signalsOf('rate-limiter') })
    const { beforeBody, admit } = createRateLimit({ limiter, limits: rateLimit, tools: new Set(tools) })
    earlyAdmissions.push(beforeBody)
    admissions.push(admit)
  }
  // The drain is the last one, because shutdown may begin while the rate limit waits for Redis.
  admissions.push(limitUriLength, createScopeAdmission(catalog, access), streamDrain.admit)

  const endpoint = createEndpoint({
    server: { ...service, websiteUrl: config.publicUrl },
    instructions: domain.instructions,
    catalog,
    stages: pipelineStages(cache),
    services: domain.services,
    observer,
    reject,
    bus,
    earlyAdmissions,
    admissions,
    bodies: bodyLimits(maxBodyBytes),
    addressOf: clientAddress,
    clientOf,
    cancellations: createCancellations(broadcastOn('mcp:cancellations')),
    maxStreams: streams.total,
    logger: logger.child({ module: 'mcp' }),
  })

  const http = logger.child({ module: 'http' })
  const limit = rateLimit && createIpRateLimit({ perMinute: rateLimit.address, reject })
  const ops = createOps({ health, metrics, prometheus, limit })
  const opsHere = config.opsPort === undefined ? ops : undefined
  const { publicUrl } = config
  const described = { ...service, description: serviceDescription }
  const site = createSite({
    server: described,
    publicUrl,
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
    documents: serverCard({ server: described, publicUrl, needsKey: config.auth.mode === 'api-key' }),
    endpoint,
    logger: http,
    reject,
    ops: opsHere,
    pages: domain.pages?.(access),
    site,
  })
  const basePath = new URL(publicUrl).pathname.replace(/\/$/, '')
  const isUntraced = (path: string) => isOpsPath(path.replace(basePath, ''))
  const server = createHttpServer(telemetry.traced(app, isUntraced), {
    reject,
    messages: withAppPrototypes(app),
    keepAliveTimeoutMs: config.keepAliveTimeoutMs,
  })
  const connections = trackConnections(server)
  const opsServer = createHttpServer(createOpsApp(ops, http), { reject })
  for (const measured of [server, opsServer]) measureHttp(measured, metrics)

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

  async function listen(): Promise<void> {
    // Redis connects in the background; without this wait the first health report would show it as down.
    await waitUntilReady(redis, 500)
    telemetry.startCollecting()
    void health.report()
    await listenOn(server, config.port)
    if (config.opsPort !== undefined) await listenOn(opsServer, config.opsPort)
  }

  async function listenOn(listening: Server, port: number): Promise<void> {
    // Without a host Node listens on :: where there is IPv6, for IPv4 too, else on 0.0.0.0.
    listening.listen(port, config.host === '::' ? undefined : config.host)
    await once(listening, 'listening')
    const { address, port: boundPort } = listening.address() as AddressInfo
    logger.info('listening', {
      module: 'main',
      function: 'listen',
      'server.address': address,
      'server.port': boundPort,
      ...(listening === server && { 'url.full': `${config.publicUrl}/mcp` }),
    })
  }

  return {
    listen,
    shutdown: {
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
    },
  }
}

function withoutTools(catalog: Catalog, disabled: readonly string[]): Catalog {
  const names = catalog.tools.map(({ name }) => name.toLowerCase())
  if (!disabled.every((name) => names.includes(name)))
    throw new ConfigError([`DISABLED_TOOLS: must name tools of this server: ${names.join(', ')}`])
  return { ...catalog, tools: catalog.tools.filter(({ name }) => !disabled.includes(name.toLowerCase())) }
}
