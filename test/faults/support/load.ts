import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../../support/cleanup.ts'
import { type BaselineLatency, startBaselineLatency } from './baseline-latency.ts'
import { type Call, makeCall, revisions, tools } from './calls.ts'

export interface Load {
  /** Ended calls, in order of their end. */
  readonly calls: readonly Call[]
  readonly baseline: BaselineLatency
  /** Resolves when all calls in flight have ended. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const perSecond = 20
/** No new calls above this baseline latency: an overloaded machine would distort the results. */
const starvedMs = 300
/** Documents to fetch, one per turn. */
export const seedDocuments = 6_000

/**
 * Calls all tools in both protocol revisions at a constant rate until it is stopped.
 * @param maxInFlight bounds the load on a server that does not keep up
 */
export function startLoad(url: URL, { maxInFlight = 150 } = {}): Load {
  const calls: Call[] = []
  const inFlight = new Set<Promise<unknown>>()
  const stopped = new AbortController()

  async function run(): Promise<void> {
    const startedAtMs = performance.now()
    for (let turn = 0; !stopped.signal.aborted; turn++) {
      const tool = tools[turn % tools.length] ?? 'search'
      const revision = revisions[Math.floor(turn / tools.length) % 2] ?? '2026-07-28'
      if (inFlight.size < maxInFlight && baseline.latestMs() < starvedMs) {
        const call = makeCall(url, tool, revision, turn % seedDocuments).then((ended) => calls.push(ended))
        inFlight.add(call)
        void call.finally(() => inFlight.delete(call))
      }
      const dueAtMs = startedAtMs + ((turn + 1) * 1_000) / perSecond
      await delay(Math.max(0, dueAtMs - performance.now()), undefined, { signal: stopped.signal }).catch(
        () => undefined,
      )
    }
  }

  const baseline = startBaselineLatency(url.origin, stopped.signal)
  const running = run()
  const settled = async () => void (await Promise.all(inFlight))
  async function stop(): Promise<void> {
    stopped.abort()
    await running
    await settled()
  }
  afterFile(stop)
  return { calls, baseline, settled, stop }
}
