import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Candidate } from './candidates.ts'
import { countInstructions } from './instructions.ts'
import { connectLoad, type Load } from './load.ts'
import { type Era, echo } from './rpc.ts'
import { seeded } from './search/random.ts'
import { type ServerProcess, startServerProcess, type Usage } from './server-process.ts'
import type { Setup } from './setup.ts'
import { mean, median, quantile } from './statistics.ts'

export interface Plan {
  /** Per candidate and revision. */
  readonly processes: number
  /** Requests at the start of a process that do not count; like `requests` a multiple of `slice`. */
  readonly warmUp: number
  readonly requests: number
  /** Seconds that show what timers take, at least 2, because each of two servers works in turn; 0: nothing is subtracted. */
  readonly idleSeconds: number
}

/** One candidate of one revision. */
export interface Lane extends Omit<Candidate, 'eras'> {
  readonly era: Era
}

export interface Measured {
  readonly name: string
  readonly era: Era
  readonly ours: boolean
  /** One per process, in the order of the blocks. */
  readonly samples: readonly Sample[]
}

/** One process. Costs and rates are those of the counted requests. */
export interface Sample {
  /**
   * User and system CPU time per request, with what calls cause between turns (exports, compilation, garbage
   * collection), without what timers take in the turns of other servers.
   */
  readonly cpuMicros: number
  /** CPU time of this process per request. */
  readonly clientMicros: number
  /** CPU time per second without calls, 0 if not measured. */
  readonly idleMicrosPerSecond: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Involuntary context switches per 1,000 requests: by neighbours, and by V8's own threads. */
  readonly preemptions: number
  readonly rssMiB: number
  readonly allocatedKiB: number
  /** Per request, in user mode; undefined without hardware counters. */
  readonly instructions: number | undefined
  /** Whether Redis did not respond in time once: the server then counted limits by itself, at a lower cost. */
  readonly fellBack: boolean
  /** From the first request on. */
  readonly slices: readonly Slice[]
}

export interface Slice {
  readonly cpuMicros: number
  readonly requestsPerSecond: number
  readonly latencies: readonly number[]
  /** Functions that V8 optimised and deoptimised so far; 0 without `traced`. */
  readonly optimised: number
  readonly deoptimised: number
}

/** Requests of one turn. In a round over nine servers a load then rarely pauses so long that it connects again. */
export const slice = 100
const allocationRequests = 1_000
/** The last exports are over then. */
const settleMs = 6_000

export const lanesOf = (candidates: readonly Candidate[]): Lane[] =>
  candidates.flatMap((candidate) => candidate.eras.map((era) => ({ ...candidate, era })))

/**
 * Measures processes, as V8 settles differently in each of them. A block has one process of each lane. They run at the
 * same time and take turns of one slice, in random order, because the machine's speed changes by the second.
 */
export async function measure(
  lanes: readonly Lane[],
  plan: Plan,
  setup: Setup,
  log: (text: string) => void = () => undefined,
): Promise<Measured[]> {
  const random = seeded(Date.now())
  const samples = lanes.map((): Sample[] => [])
  for (let block = 0; block < plan.processes; block++) {
    log(`process ${block + 1} of ${plan.processes}`)
    for (const [i, sample] of (await measureBlock(lanes, plan, setup, random)).entries())
      samples[i]?.push(sample)
  }
  return lanes.map(({ name, era, ours }, i) => ({ name, era, ours, samples: samples[i] ?? [] }))
}

/** A process of a lane, under load. */
interface Runner {
  readonly lane: Lane
  readonly server: ServerProcess
  readonly load: Load
  readonly slices: Slice[]
  clientMicros: number
}

async function measureBlock(
  lanes: readonly Lane[],
  plan: Plan,
  setup: Setup,
  random: () => number,
): Promise<Sample[]> {
  const servers: ServerProcess[] = []
  try {
    for (const { command, pinned = true } of lanes)
      servers.push(await startServerProcess({ ...command, prefix: setup.place(pinned) }))
    // Not sooner, because servers close idle connections.
    const runners = await Promise.all(
      lanes.map(async (lane, i): Promise<Runner> => {
        const server = servers[i] as ServerProcess
        return { lane, server, load: await connectTo(server, lane), slices: [], clientMicros: 0 }
      }),
    )
    const round = Math.max(...lanes.map(({ turn = slice }) => turn))
    const turns = runners.flatMap((runner) => Array<Runner>(round / (runner.lane.turn ?? slice)).fill(runner))
    const takeTurns = async (requests: number) => {
      for (let done = 0; done < requests; done += round)
        for (const runner of shuffled(turns, random)) await runSlice(runner, setup)
    }
    const usages = () => Promise.all(servers.map((server) => server.usage()))
    await takeTurns(plan.warmUp)
    const [before, startedAtMs] = [await usages(), performance.now()]
    for (const runner of runners) runner.clientMicros = 0
    await takeTurns(plan.requests)
    const [after, seconds] = [await usages(), (performance.now() - startedAtMs) / 1_000]
    setup.disturb(false)
    const idle = await idleCosts(runners, usages, plan.idleSeconds)
    for (const { load } of runners) load.close()
    const samples: Sample[] = []
    for (const [i, runner] of runners.entries()) {
      const counted = { before: before[i] as Usage, after: after[i] as Usage, seconds }
      samples.push(await sampleOf(runner, plan, counted, idle[i] ?? Number.NaN))
    }
    return samples
  } finally {
    for (const server of servers) await server.stop()
  }
}

/**
 * CPU time of each server per second without calls, while one of the first two works, because timers cost more if they wake
 * a whole core. The median, because V8 collects garbage in some seconds.
 */
async function idleCosts(
  runners: readonly Runner[],
  usages: () => Promise<Usage[]>,
  seconds: number,
): Promise<number[]> {
  if (seconds === 0) return runners.map(() => 0)
  const costs = runners.map((): number[] => [])
  await delay(settleMs)
  for (let second = 0; second < seconds; second++) {
    const worker = runners[second % 2]
    const [before, startedAtMs] = [await usages(), performance.now()]
    while (performance.now() - startedAtMs < 1_000) await worker?.load.run(slice)
    const [after, took] = [await usages(), (performance.now() - startedAtMs) / 1_000]
    for (const [i, runner] of runners.entries())
      if (runner !== worker)
        costs[i]?.push(((after[i] as Usage).cpuMicros - (before[i] as Usage).cpuMicros) / took)
  }
  return costs.map(median)
}

const connectTo = ({ port }: ServerProcess, { era, connections = 16 }: Lane): Promise<Load> =>
  connectLoad({ port, era, connections, rpc: echo })

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const keyed = values.map((value): [number, T] => [random(), value])
  return keyed.sort(([a], [b]) => a - b).map(([, value]) => value)
}

async function runSlice(runner: Runner, setup: Setup): Promise<void> {
  const { lane, server, load, slices } = runner
  setup.place(lane.pinned ?? true)
  setup.disturb(lane.neighbour ?? false)
  const [before, client] = [await server.usage(), process.cpuUsage()]
  const turn = lane.turn ?? slice
  const { seconds, latencies } = await load.run(turn)
  const { user, system } = process.cpuUsage(client)
  const { cpuMicros } = await server.usage()
  const { logFile } = lane.command
  const trace = lane.traced && logFile !== undefined ? readFileSync(logFile, 'latin1') : ''
  runner.clientMicros += user + system
  slices.push({
    cpuMicros: (cpuMicros - before.cpuMicros) / turn,
    requestsPerSecond: turn / seconds,
    latencies,
    optimised: trace.split('[completed optimizing').length - 1,
    deoptimised: trace.split('[bailout').length - 1,
  })
}

/** The counted calls of a process, with the turns of the other servers. */
interface Counted {
  readonly before: Usage
  readonly after: Usage
  readonly seconds: number
}

async function sampleOf(
  { lane, server, slices, clientMicros }: Runner,
  { warmUp, requests }: Plan,
  { before, after, seconds }: Counted,
  idleMicrosPerSecond: number,
): Promise<Sample> {
  const turn = lane.turn ?? slice
  const counted = slices.slice(warmUp / turn)
  const latencies = counted.flatMap((each) => each.latencies)
  const ownSeconds = counted.reduce((sum, each) => sum + turn / each.requestsPerSecond, 0)
  const waitingMicros = idleMicrosPerSecond * (seconds - ownSeconds)
  const load = await connectTo(server, lane)
  // The sampling of allocations costs CPU time.
  const instructions = await countInstructions(server.pid, () => load.run(requests))
  const allocated = await server.allocations(() => load.run(allocationRequests))
  load.close()
  return {
    cpuMicros: (after.cpuMicros - before.cpuMicros - waitingMicros) / requests,
    clientMicros: clientMicros / requests,
    idleMicrosPerSecond,
    requestsPerSecond: mean(counted.map((each) => each.requestsPerSecond)),
    p50Ms: median(latencies),
    p99Ms: quantile(latencies, 0.99),
    preemptions: ((after.preemptions - before.preemptions) / requests) * 1_000,
    rssMiB: after.rss / 2 ** 20,
    allocatedKiB: allocated / allocationRequests / 2 ** 10,
    instructions: instructions === undefined ? undefined : instructions / requests,
    fellBack:
      lane.command.logFile !== undefined &&
      readFileSync(lane.command.logFile, 'latin1').includes('rate limiting fell back'),
    slices,
  }
}
