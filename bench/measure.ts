import type { Candidate } from './candidates.ts'
import { connectLoad, type Load, type LoadOptions } from './load.ts'
import type { Era } from './rpc.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { quantile, type Spread, spread } from './statistics.ts'

export interface Plan {
  readonly rounds: number
  /** Requests before the first round. */
  readonly warmUp: number
  /** Unmeasured requests at the start of each round: an idle process may have discarded compiled code. */
  readonly rampUp: number
  /** Measured requests of each round. */
  readonly requests: number
  readonly connections: number
  readonly rpc: LoadOptions['rpc']
}

export interface Measured {
  readonly name: string
  readonly era: Era
  readonly ours: boolean
  /** User and system CPU time per request. */
  readonly cpuMicros: Spread
  readonly requestsPerSecond: Spread
  readonly p50Ms: Spread
  readonly p99Ms: Spread
  readonly rssMiB: number
  /** Per request; stable between runs and machines. */
  readonly allocatedKiB: number
}

interface Lane {
  readonly candidate: Candidate
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

/** Lets deferred work, such as span export and garbage collection, count in its own round. */
const settleMs = 400
const allocationRequests = 1_000

/**
 * Measures all candidates in alternating rounds, which spreads background noise evenly: starts and warms up every
 * server, then loads one after the other in each round, every second round in reverse order.
 */
export async function measure(
  candidates: readonly Candidate[],
  plan: Plan,
  log: (text: string) => void,
): Promise<Measured[]> {
  const lanes: Lane[] = []
  try {
    // One process per era, so that none is warmed up by both.
    for (const candidate of candidates)
      for (const era of candidate.eras)
        lanes.push({
          candidate,
          era,
          server: await startServerProcess(candidate.command),
          rounds: [],
        })
    for (const lane of lanes) await withLoad(lane, plan, (load) => load.run(plan.warmUp))
    for (let round = 0; round < plan.rounds; round++) {
      log(`round ${round + 1} of ${plan.rounds}`)
      for (const lane of round % 2 === 0 ? lanes : [...lanes].reverse())
        lane.rounds.push(await withLoad(lane, plan, (load) => runRound(lane.server, load, plan)))
    }
    const measured: Measured[] = []
    for (const lane of lanes) measured.push(await summary(lane, await allocations(lane, plan)))
    return measured
  } finally {
    await Promise.all(lanes.map(({ server }) => server.stop()))
  }
}

async function withLoad<T>(
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
  await load.run(plan.rampUp)
  const before = await server.usage()
  const { requests, seconds, latencies } = await load.run(plan.requests)
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  const after = await server.usage()
  return {
    cpuMicros: (after.cpuMicros - before.cpuMicros) / requests,
    requestsPerSecond: requests / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  }
}

/** Bytes per request. Measured outside the rounds, because sampling costs CPU time. */
async function allocations(lane: Lane, plan: Plan): Promise<number> {
  const bytes = await withLoad(lane, plan, (load) =>
    lane.server.allocations(() => load.run(allocationRequests)),
  )
  return bytes / allocationRequests
}

async function summary({ candidate, era, server, rounds }: Lane, allocatedBytes: number): Promise<Measured> {
  const of = (column: keyof Round) => spread(rounds.map((round) => round[column]))
  return {
    name: candidate.name,
    era,
    ours: candidate.ours,
    cpuMicros: of('cpuMicros'),
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    rssMiB: (await server.usage()).rss / 2 ** 20,
    allocatedKiB: allocatedBytes / 2 ** 10,
  }
}
