import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Candidate } from './candidates.ts'
import { countInstructions } from './instructions.ts'
import { connectLoad, type Load } from './load.ts'
import { type Era, echo } from './rpc.ts'
import { seeded } from './search/random.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import type { Setup } from './setup.ts'
import { mean, median, quantile } from './statistics.ts'

export interface Plan {
  /** Per candidate and revision. */
  readonly processes: number
  /** Requests at the start of a process that do not count; a multiple of `slice`. */
  readonly warmUp: number
  readonly requests: number
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
  /** User and system CPU time per request; `clientMicros` is that of this process. */
  readonly cpuMicros: number
  readonly clientMicros: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Involuntary context switches per 1,000 requests: by neighbours, and by V8's own threads. */
  readonly preemptions: number
  readonly rssMiB: number
  readonly allocatedKiB: number
  /** Per request, in user mode; undefined without hardware counters. */
  readonly instructions: number | undefined
  readonly block: number
  readonly position: number
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

/** Requests between two readings. */
export const slice = 500
const allocationRequests = 1_000

export const lanesOf = (candidates: readonly Candidate[]): Lane[] =>
  candidates.flatMap((candidate) => candidate.eras.map((era) => ({ ...candidate, era })))

/**
 * Measures processes, as V8 settles differently in each of them. A block has one process of each lane, one at a time,
 * in random order; every second block reverses the order of the one before, so that each lane precedes each other one
 * equally often.
 */
export async function measure(
  lanes: readonly Lane[],
  plan: Plan,
  setup: Setup,
  log: (text: string) => void = () => undefined,
): Promise<Measured[]> {
  const random = seeded(Date.now())
  const samples = new Map(lanes.map((lane): [Lane, Sample[]] => [lane, []]))
  let order: Lane[] = []
  for (let block = 0; block < plan.processes; block++) {
    log(`process ${block + 1} of ${plan.processes}`)
    order = block % 2 === 1 ? order.reverse() : shuffled(lanes, random)
    for (const [position, lane] of order.entries())
      samples.get(lane)?.push({ ...(await measureProcess(lane, plan, setup)), block, position })
  }
  return [...samples].map(([{ name, era, ours }, samples]) => ({ name, era, ours, samples }))
}

function shuffled(lanes: readonly Lane[], random: () => number): Lane[] {
  const keyed = lanes.map((lane): [number, Lane] => [random(), lane])
  return keyed.sort(([a], [b]) => a - b).map(([, lane]) => lane)
}

async function measureProcess(
  { command, era, connections = 16, idleMs = 0, pinned = true, traced = false }: Lane,
  plan: Plan,
  setup: Setup,
): Promise<Omit<Sample, 'block' | 'position'>> {
  const server = await startServerProcess({ ...command, prefix: setup.place(pinned) })
  try {
    const connect = () => connectLoad({ port: server.port, era, connections, rpc: echo })
    let load = await connect()
    const logFile = traced ? command.logFile : undefined
    const slices = await runSlices(server, load, plan.warmUp, logFile)
    if (idleMs > 0) {
      // A server closes idle connections.
      load.close()
      await delay(idleMs)
      load = await connect()
    }
    const [before, client] = [await server.usage(), process.cpuUsage()]
    const counted = await runSlices(server, load, plan.requests, logFile)
    const [after, { user, system }] = [await server.usage(), process.cpuUsage(client)]
    // The sampling of allocations costs CPU time.
    const instructions = await countInstructions(server.pid, () => load.run(plan.requests))
    const allocated = await server.allocations(() => load.run(allocationRequests))
    load.close()
    const latencies = counted.flatMap((each) => each.latencies)
    return {
      cpuMicros: (after.cpuMicros - before.cpuMicros) / plan.requests,
      clientMicros: (user + system) / plan.requests,
      requestsPerSecond: mean(counted.map((each) => each.requestsPerSecond)),
      p50Ms: median(latencies),
      p99Ms: quantile(latencies, 0.99),
      preemptions: ((after.preemptions - before.preemptions) / plan.requests) * 1_000,
      rssMiB: after.rss / 2 ** 20,
      allocatedKiB: allocated / allocationRequests / 2 ** 10,
      instructions: instructions === undefined ? undefined : instructions / plan.requests,
      slices: [...slices, ...counted],
    }
  } finally {
    await server.stop()
  }
}

async function runSlices(
  server: ServerProcess,
  load: Load,
  requests: number,
  logFile: string | undefined,
): Promise<Slice[]> {
  const slices: Slice[] = []
  for (let done = 0; done < requests; done += slice) {
    const before = await server.usage()
    const { seconds, latencies } = await load.run(slice)
    const { cpuMicros } = await server.usage()
    const trace = logFile === undefined ? '' : readFileSync(logFile, 'latin1')
    slices.push({
      cpuMicros: (cpuMicros - before.cpuMicros) / slice,
      requestsPerSecond: slice / seconds,
      latencies,
      optimised: trace.split('[completed optimizing').length - 1,
      deoptimised: trace.split('[bailout').length - 1,
    })
  }
  return slices
}
