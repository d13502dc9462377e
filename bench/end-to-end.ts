/**
 * `end-to-end.ts` measures what a user waits for: `search` over this repository's documents through the shipped gateway,
 * beside other servers that run the same search, and the way from a clone to a ready server. Nothing is pinned. Writes
 * results/end-to-end-node-MAJOR.json. Needs DATABASE_URL, haproxy,
 * git and npm's registry.
 */
import { execSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../dev/lib/paths.ts'
import { type Replicas, startReplicas } from './behind-gateway.ts'
import { measureFromClone } from './from-clone.ts'
import { connectLoad } from './load.ts'
import { fullSettings, productCommand, v8Options } from './product.ts'
import { type EndToEnd, endToEndFile, type SearchRow } from './result.ts'
import { type Era, type Rpc, toolCall } from './rpc.ts'
import { seeded } from './search/random.ts'
import type { ServerCommand } from './server-process.ts'
import { startSetup } from './setup.ts'
import { median, quantile } from './statistics.ts'

interface Lane {
  readonly name: string
  readonly era: Era
  readonly replicas: Replicas
  readonly nextSearch: (connection: number) => Rpc
  readonly rounds: Map<number, Omit<SearchRow, 'name' | 'connections'>[]>
}

const rounds = 7
const warmUp = 3_000
/** Calls of a round by number of connections. */
const calls = new Map([
  [1, 200],
  [16, 800],
  [100, 1_000],
])

// First, because it needs the network.
const fromClone = await measureFromClone()
const setup = await startSetup({ pin: false })
const { context } = setup
const lanes: Lane[] = []
try {
  for (const command of ['migrate.js', 'ingest.js docs'])
    execSync(`"${process.execPath}" dist/commands/${command}`, {
      cwd: checkout,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  const ours = productCommand(fullSettings, context)
  await addLane('this server, each query once', 'modern', ours, uniqueQueries())
  await addLane('this server, one query (cached)', 'modern', ours, () => 'circuit breaker')
  await addLane('SDK v2 on Express', 'modern', peer('search-sdk-v2-express'), uniqueQueries())
  await addLane('fastmcp stateless', 'legacy', peer('search-fastmcp'), uniqueQueries())
  for (const lane of lanes) await run(lane, 16, warmUp)
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`round ${round} of ${rounds}\n`)
    for (const [connections, count] of calls)
      for (const lane of round % 2 === 0 ? lanes : lanes.toReversed())
        lane.rounds.get(connections)?.push(await run(lane, connections, count))
  }
} finally {
  for (const { replicas } of lanes) await replicas.stop()
  await setup.stop()
}
const result: EndToEnd = {
  description: `${new Date().toISOString().slice(0, 10)}; ${setup.describe()}; medians of ${rounds} rounds in turns, one process each`,
  search: [...calls.keys()].flatMap((connections) => lanes.map((lane) => summary(lane, connections))),
  fromClone,
}
writeFileSync(endToEndFile(), `${JSON.stringify(result, undefined, 2)}\n`)
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`)

async function addLane(name: string, era: Era, command: ServerCommand, nextQuery: () => string) {
  const replicas = await startReplicas(command, ['127.0.0.1'])
  const nextSearch = (id: number) => toolCall('search', { query: nextQuery() }, hasResults)(id)
  lanes.push({ name, era, replicas, nextSearch, rounds: new Map([...calls.keys()].map((key) => [key, []])) })
}

function peer(file: string): ServerCommand {
  return {
    args: [...v8Options, `peers/${file}.mjs`],
    cwd: join(checkout, 'bench'),
    readyPath: '/readyz',
    env: () => ({ DATABASE_URL: context.env.DATABASE_URL ?? '' }),
  }
}

async function run({ era, replicas: { port }, nextSearch }: Lane, connections: number, requests: number) {
  const load = await connectLoad({ port, era, connections, rpc: nextSearch, varied: true })
  // Opens the connections: Node accepts one per turn of the event loop, so the last ones wait for most of a short round.
  await load.run(connections)
  const { seconds, latencies } = await load.run(requests)
  load.close()
  return { callsPerSecond: requests / seconds, p50Ms: median(latencies), p99Ms: quantile(latencies, 0.99) }
}

function summary({ name, rounds }: Lane, connections: number): SearchRow {
  const of = (column: 'callsPerSecond' | 'p50Ms' | 'p99Ms') =>
    Number(median((rounds.get(connections) ?? []).map((round) => round[column])).toFixed(1))
  return { name, connections, callsPerSecond: of('callsPerSecond'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms') }
}

function hasResults(result: unknown): boolean {
  const { content, isError } = result as { content?: { text: string }[]; isError?: boolean }
  return isError !== true && content?.[0]?.text.startsWith('{"results":[{"id"') === true
}

/** @returns a function that returns another pair of words of a document at each call, in the same order in every run */
function uniqueQueries(): () => string {
  const random = seeded(1)
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T
  const words = readdirSync(join(checkout, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => readFileSync(join(checkout, 'docs', file), 'utf8').match(/\b[a-z]{4,12}\b/g) ?? [])
    .filter((found) => found.length > 100)
  const used = new Set<string>()
  return () => {
    for (;;) {
      const ofDocument = pick(words)
      const [one, other] = [pick(ofDocument), pick(ofDocument)]
      const query = `${one} ${other}`
      if (one === other || used.has(query)) continue
      used.add(query)
      return query
    }
  }
}
