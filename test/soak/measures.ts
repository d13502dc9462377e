import type { ProbedServer } from '../support/probed-server.ts'
import { scrape } from '../support/scrape.ts'

/** The measures, each of which must be flat after the warm-up. */
export const measures = {
  heapMiB: { title: 'Heap after garbage collection', unit: 'MiB', floor: 6 },
  residentMiB: { title: 'Resident memory', unit: 'MiB', floor: 30 },
  openFiles: { title: 'Open file descriptors', unit: '', floor: 10 },
  handles: { title: 'Active handles and timers', unit: '', floor: 12 },
  sockets: { title: 'TCP sockets', unit: '', floor: 10 },
  poolConnections: { title: 'Pool connections', unit: '', floor: 3 },
  // The first occurrence of a label combination adds up to 20 series.
  series: { title: 'Metric series', unit: '', floor: 300 },
  callsPerSecond: { title: 'MCP messages answered', unit: 'per second', floor: Number.POSITIVE_INFINITY },
} as const satisfies Record<string, Measure>

export interface Measure {
  readonly title: string
  readonly unit: string
  /** Growth that is always allowed, in the unit of the measure. */
  readonly floor: number
}

export type MeasureName = keyof typeof measures
export const measureNames = Object.keys(measures) as MeasureName[]

export type Sample = Readonly<Record<MeasureName, number>> & { readonly atS: number }

/** Returns a function that samples the server. */
export function createSampling(server: ProbedServer): () => Promise<Sample> {
  const startedAtMs = performance.now()
  let previous = { atS: 0, messages: 0 }
  return async () => {
    const { sum, samples } = await scrape(server.url)
    const { rss, heapUsed, resources } = await server.probe()
    const atS = (performance.now() - startedAtMs) / 1000
    const messages = sum('mcp_server_operation_duration_seconds_count')
    const callsPerSecond = (messages - previous.messages) / Math.max(atS - previous.atS, 0.001)
    previous = { atS, messages }
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
