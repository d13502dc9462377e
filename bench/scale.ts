/**
 * `scale.ts [PART…]` measures the cost by number of connections, tools, idle streams and replicas, and that of a cached
 * search, a scrape and a start. Writes results/scale-node-MAJOR.json. Needs DATABASE_URL and REDIS_URL.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { costBehindGateway } from './behind-gateway.ts'
import { costOfCachedSearch } from './cached-search.ts'
import { cost } from './cost.ts'
import { openConnection } from './http-connection.ts'
import { startOtlpSink } from './otlp.ts'
import { fullSettings, type ProductContext, productCommand } from './product.ts'
import type { ProductBuild } from './product-build.ts'
import { scaleFile } from './result.ts'
import { echo, encode, listen, listTools } from './rpc.ts'
import { type ServerCommand, type ServerProcess, startServerProcess } from './server-process.ts'
import { median, spread } from './statistics.ts'

const sink = await startOtlpSink()
const context: ProductContext = { env: process.env, otlpUrl: sink.url }
const command = productCommand(fullSettings, context)
/** Accepts enough connections, and exposes the garbage collector. */
const forManyStreams = productCommand(
  fullSettings,
  context,
  {
    name: 'many-streams',
    patches: {
      'http/server/server.js': (text) => text.replace('maxConnections: 10_000', 'maxConnections: 11_000'),
    },
  },
  ['--expose-gc'],
)
const parts = {
  connections: () => withServer(command, costByConnections),
  tools: () => costOfLists([3, 30]),
  streams: () => withServer(forManyStreams, memoryOfStreams),
  cached: () => withServer(command, costOfCachedSearch),
  gateway: () => costBehindGateway(context),
  scrape: () => withServer(command, costOfScrapes),
  coldStart: async () => ({
    withTraces: await coldStart(command),
    withoutTraces: await coldStart(productCommand({ ...fullSettings, traces: 0 }, context)),
  }),
}

/** Earlier results of the parts that are not measured now. */
const known = existsSync(scaleFile()) ? JSON.parse(readFileSync(scaleFile(), 'utf8')) : {}
const wanted = process.argv.slice(2)
try {
  const result = { ...known, node: process.version }
  for (const [name, part] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    result[name] = await part()
    process.stdout.write(`${name}: ${JSON.stringify(result[name])}\n`)
  }
  mkdirSync(new URL('results/', import.meta.url), { recursive: true })
  writeFileSync(scaleFile(), `${JSON.stringify(result, undefined, 2)}\n`)
} finally {
  await sink.stop()
}

async function withServer<T>(
  command: ServerCommand,
  work: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const server = await startServerProcess(command)
  try {
    return await work(server)
  } finally {
    await server.stop()
  }
}

async function costByConnections(server: ServerProcess) {
  const counts = [1, 16, 100, 1_000]
  const costs = new Map(counts.map((count): [number, number[]] => [count, []]))
  await cost(server, { connections: 16, rpc: echo }, 4_000)
  for (let round = 0; round < 5; round++)
    for (const [connections, measured] of costs)
      measured.push(await cost(server, { connections, rpc: echo }, 2_000))
  return [...costs].map(([connections, measured]) => ({ connections, cpuMicros: spread(measured) }))
}

async function costOfLists(counts: readonly number[]) {
  const lanes = await Promise.all(
    counts.map(async (tools) => {
      const build: ProductBuild = { name: `tools-${tools}`, tools }
      const server = await startServerProcess(productCommand(fullSettings, context, build))
      return { tools, server, measured: [] as number[] }
    }),
  )
  for (let round = 0; round < 6; round++)
    for (const { server, tools, measured } of lanes)
      measured.push(await cost(server, { connections: 16, rpc: listTools(tools) }, 1_500))
  await Promise.all(lanes.map(({ server }) => server.stop()))
  // The first round is the warm-up.
  return lanes.map(({ tools, measured }) => ({ tools, cpuMicros: spread(measured.slice(1)) }))
}

/** Memory of idle `subscriptions/listen` streams, one per connection. */
async function memoryOfStreams(server: ServerProcess) {
  await cost(server, { connections: 16, rpc: echo }, 2_000)
  const empty = await server.usageAfterGc()
  const connections = []
  const results = []
  for (const streams of [1_000, 10_000]) {
    while (connections.length < streams) {
      const connection = await openConnection(server.port)
      connections.push(connection)
      const first = await connection.open(encode(listen(connections.length), 'modern', server.port))
      if (!first?.includes('acknowledged')) throw new Error(`stream ${connections.length}: ${first}`)
    }
    const full = await server.usageAfterGc()
    results.push({
      streams,
      heapBytesPerStream: Math.round((full.heapUsed - empty.heapUsed) / streams),
      rssBytesPerStream: Math.round((full.rss - empty.rss) / streams),
      idleCpuMicrosPerSecond: await idleCost(server),
    })
  }
  for (const connection of connections) connection.close()
  return results
}

async function idleCost(server: ServerProcess): Promise<number> {
  // Longer than the keep-alive interval, as keep-alive comments are a large part of the cost.
  const seconds = 16
  const before = await server.usage()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  return Math.round(((await server.usage()).cpuMicros - before.cpuMicros) / seconds)
}

async function costOfScrapes(server: ServerProcess) {
  await cost(server, { connections: 16, rpc: echo }, 2_000)
  const took: number[] = []
  const cpu: number[] = []
  let bytes = 0
  for (let i = 0; i < 40; i++) {
    const before = await server.usage()
    const startedAt = performance.now()
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics`)
    bytes = Buffer.byteLength(await response.text())
    took.push(performance.now() - startedAt)
    cpu.push((await server.usage()).cpuMicros - before.cpuMicros)
  }
  return { bytes, tookMs: spread(took.slice(5)), cpuMs: median(cpu.slice(5)) / 1_000 }
}

/** From the start of the process to the first 200 of /readyz. */
async function coldStart(command: ServerCommand) {
  const starts: { took: number; cpu: number }[] = []
  for (let i = 0; i < 5; i++) {
    const start = async (server: ServerProcess) => ({
      took: server.startedInMs,
      cpu: (await server.usage()).cpuMicros / 1_000,
    })
    starts.push(await withServer(command, start))
  }
  return { tookMs: spread(starts.map(({ took }) => took)), cpuMs: spread(starts.map(({ cpu }) => cpu)) }
}
