import type { GatewayCost } from './behind-gateway.ts'
import type { CachedSearchCost } from './cached-search.ts'
import type { Spread } from './statistics.ts'

/** The stored result of `scale.ts`. */
export interface Scale {
  readonly node: string
  readonly connections: readonly { readonly connections: number; readonly cpuMicros: Spread }[]
  readonly tools: readonly { readonly tools: number; readonly cpuMicros: Spread }[]
  readonly streams: readonly {
    readonly streams: number
    readonly heapBytesPerStream: number
    readonly rssBytesPerStream: number
    readonly idleCpuMicrosPerSecond: number
  }[]
  readonly cached: CachedSearchCost
  readonly gateway: readonly GatewayCost[]
  readonly scrape: { readonly bytes: number; readonly tookMs: Spread; readonly cpuMs: number }
  readonly coldStart: Readonly<
    Record<'withTraces' | 'withoutTraces', { readonly tookMs: Spread; readonly cpuMs: Spread }>
  >
}
