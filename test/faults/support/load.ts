import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../../support/cleanup.ts'
import { type Call, eras, makeCall, tools } from './calls.ts'
import { type Pulse, startPulse } from './pulse.ts'

export interface Load {
  /** Those that have ended, in that order. */
  readonly calls: readonly Call[]
  readonly pulse: Pulse
  /** Resolves when all that were begun before have ended. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const perSecond = 20
/** A machine that has no time left is not the fault that is looked at. */
const starvedMs = 300
/** Documents to fetch, one a turn. */
export const seeds = 6_000
let turn = 0

/**
 * Makes calls of all tools in both eras, evenly and whatever becomes of them, until it is stopped.
 * @param atATime a server that does not keep up must not be buried
 */
export function startLoad(url: URL, { atATime = 150 } = {}): Load {
  const calls: Call[] = []
  const underWay = new Set<Promise<unknown>>()
  const stopped = new AbortController()

  async function run(): Promise<void> {
    const beganAtMs = performance.now()
    for (let made = 1; !stopped.signal.aborted; made++) {
      const tool = tools[turn % tools.length] ?? 'search'
      const era = eras[Math.floor(turn / tools.length) % 2] ?? '2026-07-28'
      if (underWay.size < atATime && pulse.latestMs() < starvedMs) {
        const call = makeCall(url, tool, era, turn % seeds).then((ended) => calls.push(ended))
        underWay.add(call)
        void call.finally(() => underWay.delete(call))
      }
      turn++
      const dueAtMs = beganAtMs + (made * 1_000) / perSecond
      await delay(Math.max(0, dueAtMs - performance.now()), undefined, { signal: stopped.signal }).catch(
        () => undefined,
      )
    }
  }

  const pulse = startPulse(url.origin, stopped.signal)
  const running = run()
  const settled = async () => void (await Promise.all(underWay))
  async function stop(): Promise<void> {
    stopped.abort()
    await running
    await settled()
  }
  afterFile(stop)
  return { calls, pulse, settled, stop }
}
