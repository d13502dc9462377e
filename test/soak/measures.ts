import type { ProbedServer } from '../support/probed-server.ts'
import { scrape } from '../support/scrape.ts'

/** What is watched. Each has to be flat: whatever grows without end is a leak. */
export const measures = {
  heapMiB: { title: 'Heap after collection', unit: 'MiB', floor: 6 },
  residentMiB: { title: 'Resident memory', unit: 'MiB', floor: 30 },
  openFiles: { title: 'Open file descriptors', unit: '', floor: 10 },
  handles: { title: 'Active handles and timers', unit: '', floor: 12 },
  sockets: { title: 'TCP sockets', unit: '', floor: 10 },
  poolConnections: { title: 'Connections of the pool', unit: '', floor: 3 },
  // Each combination of known label values that is met for the first time is up to 20 series.
  series: { title: 'Metric series', unit: '', floor: 300 },
  callsPerSecond: { title: 'MCP messages answered', unit: 'per second', floor: Number.POSITIVE_INFINITY },
} as const satisfies Record<string, Measure>

export interface Measure {
  readonly title: string
  readonly unit: string
  /** Growth over the whole time, in its own unit, that is no leak however small the value is. */
  readonly floor: number
}

export type MeasureName = keyof typeof measures
export const measureNames = Object.keys(measures) as MeasureName[]

export type Sample = Readonly<Record<MeasureName, number>> & { readonly atS: number }

/** Takes samples of a server, with the time since the first one. */
export function createSampling(server: ProbedServer): () => Promise<Sample> {
  const startedAtMs = performance.now()
  let before = { atS: 0, messages: 0 }
  return async () => {
    const { sum, samples } = await scrape(server.url)
    const { rss, heapUsed, resources } = await server.probe()
    const atS = (performance.now() - startedAtMs) / 1000
    const messages = sum('mcp_server_operation_duration_seconds_count')
    const callsPerSecond = (messages - before.messages) / Math.max(atS - before.atS, 0.001)
    before = { atS, messages }
    return {
      atS,
      heapMiB: heapUsed / 1024 / 1024,
      residentMiB: rss / 1024 / 1024,
      openFiles: sum('process_open_fds'),
      handles: Object.values(resources).reduce((total, count) => total + count, 0),
      sockets: resources.TCPSocketWrap ?? 0,
      poolConnections:
        sum('mcp_pg_pool_connections', { state: 'idle' }) + sum('mcp_pg_pool_connections', { state: 'used' }),
      series: samples.length,
      callsPerSecond,
    }
  }
}
