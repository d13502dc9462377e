import type { Contestant } from './contestants.ts'
import { connectLoad, type Load, type LoadOptions } from './load.ts'
import type { Era } from './rpc.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { quantile, type Spread, spread } from './statistics.ts'

export interface Plan {
  readonly rounds: number
  /** Requests to each contestant before the first round. */
  readonly warmUp: number
  /** Those at the beginning of each round that do not count: what lay idle has forgotten some of its compiled code. */
  readonly runUp: number
  /** Those that do. */
  readonly requests: number
  readonly connections: number
  readonly rpc: LoadOptions['rpc']
}

export interface Measured {
  readonly name: string
  readonly era: Era
  readonly ours: boolean
  /** User and system time of the server per request, in microseconds. */
  readonly cpuMicros: Spread
  readonly requestsPerSecond: Spread
  readonly p50Ms: Spread
  readonly p99Ms: Spread
  readonly rssMiB: number
  /** What is allocated for a request, in KiB: hardly differs from run to run, nor from machine to machine. */
  readonly allocatedKiB: number
}

interface Lane {
  readonly contestant: Contestant
  readonly era: Era
  readonly server: ServerProcess
  readonly rounds: Round[]
}

interface Round {
  readonly cpuMicros: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** What a round has caused shall be paid for in it: batches of spans, garbage. */
const settleMs = 400
const allocationRequests = 1_000

/**
 * Measures all contestants in turns, so that whatever else the machine does meets each of them: every
 * server is started and warmed up, then each round loads one after the other, every second one backwards.
 */
export async function measure(
  contestants: readonly Contestant[],
  plan: Plan,
  log: (text: string) => void,
): Promise<Measured[]> {
  const lanes: Lane[] = []
  try {
    // One process each, so that none is warmer than another because it answers both eras.
    for (const contestant of contestants)
      for (const era of contestant.eras)
        lanes.push({
          contestant,
          era,
          server: await startServerProcess(contestant.command),
          rounds: [],
        })
    for (const lane of lanes) await loaded(lane, plan, (load) => load.run(plan.warmUp))
    for (let round = 0; round < plan.rounds; round++) {
      log(`round ${round + 1} of ${plan.rounds}`)
      for (const lane of round % 2 === 0 ? lanes : [...lanes].reverse())
        lane.rounds.push(await loaded(lane, plan, (load) => runRound(lane.server, load, plan)))
    }
    const measured: Measured[] = []
    for (const lane of lanes) measured.push(await summary(lane, await allocations(lane, plan)))
    return measured
  } finally {
    await Promise.all(lanes.map(({ server }) => server.stop()))
  }
}

async function loaded<T>(
  { server: { port }, era }: Lane,
  { connections, rpc }: Plan,
  work: (load: Load) => Promise<T>,
): Promise<T> {
  const load = await connectLoad({ port, era, connections, rpc })
  try {
    return await work(load)
  } finally {
    load.close()
  }
}

async function runRound(server: ServerProcess, load: Load, plan: Plan): Promise<Round> {
  await load.run(plan.runUp)
  const before = await server.ask('usage')
  const { requests, seconds, latencies } = await load.run(plan.requests)
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  const after = await server.ask('usage')
  return {
    cpuMicros: (after.cpuMicros - before.cpuMicros) / requests,
    requestsPerSecond: requests / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  }
}

/** Bytes per request. Not in the rounds, because looking on costs time. */
async function allocations(lane: Lane, plan: Plan): Promise<number> {
  const bytes = await loaded(lane, plan, (load) =>
    lane.server.allocations(() => load.run(allocationRequests)),
  )
  return bytes / allocationRequests
}

async function summary({ contestant, era, server, rounds }: Lane, allocatedBytes: number): Promise<Measured> {
  const of = (column: keyof Round) => spread(rounds.map((round) => round[column]))
  return {
    name: contestant.name,
    era,
    ours: contestant.ours,
    cpuMicros: of('cpuMicros'),
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    rssMiB: (await server.ask('usage')).rss / 2 ** 20,
    allocatedKiB: allocatedBytes / 2 ** 10,
  }
}
