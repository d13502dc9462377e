/**
 * The server that the conformance suite tests: app, endpoint, observer and tools as in `server.ts`, with stubs as
 * services and the fixtures of the suite.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequestStateCodec, InMemoryServerEventBus } from '@modelcontextprotocol/server'
import { createApp } from '../../src/app.ts'
import { service } from '../../src/config/package.ts'
import { createAccess } from '../../src/http/middleware/access.ts'
import { discoverCatalog } from '../../src/mcp/catalog.ts'
import { createEndpoint } from '../../src/mcp/endpoint.ts'
import { pipelineStages } from '../../src/mcp/pipeline/stages.ts'
import type { Database } from '../../src/postgres/database.ts'
import type { Cache } from '../../src/redis/cache.ts'
import { createLogSink } from '../../src/telemetry/log/log-sink.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import type { RoundState } from './fixtures/request-state.ts'
import { registerFixtures } from './fixtures.ts'
import { createServices, createStub } from './stubs.ts'

const loopback = '127.0.0.1'
const bus = new InMemoryServerEventBus()
const requestState = createRequestStateCodec<RoundState>({ key: randomBytes(32) })
const services = createServices()
const catalog = await discoverCatalog(new URL('../../src/', import.meta.url))
const { logger, observer, reject } = createTelemetry({
  commit: 'none',
  log: { level: 'info', format: 'json' },
  statsd: undefined,
  tools: catalog.tools.map(({ name }) => name),
  prompts: catalog.prompts.map(({ name }) => name),
  sinks: [createLogSink],
})

const endpoint = createEndpoint({
  server: { ...service, websiteUrl: 'http://localhost' },
  instructions: 'A server under test.',
  catalog,
  stages: pipelineStages(createStub<Cache>('cache', {})),
  services,
  observer,
  reject,
  bus,
  logger,
  // The endpoint must reject a state that the codec did not sign.
  requestState,
  extend: (mcp) => registerFixtures(mcp, { bus, requestState }),
})

const server = createServer(
  createApp({
    access: createAccess({
      config: { auth: { mode: 'none' }, publicUrl: 'http://localhost' },
      scopes: { initial: [], all: [] },
      database: createStub<Database>('database', {}),
      logger,
      reject,
    }),
    config: {
      publicUrl: 'http://localhost',
      allowedHosts: ['localhost', loopback],
      allowedOrigins: ['localhost', loopback],
      corsOrigins: [],
      trustedProxyHops: 0,
      rateLimit: undefined,
    },
    endpoint,
    logger,
    reject,
  }),
)
server.listen(0, loopback)
await once(server, 'listening')
console.log(`http://${loopback}:${(server.address() as AddressInfo).port}/mcp`)

// Exits with the runner, even if the runner is killed.
process.once('disconnect', () => process.exit())
