import { setTimeout as delay } from 'node:timers/promises'
import { send } from './http.ts'

/**
 * Latency of /livez, which queries no dependency: the share of every response time that the machine causes.
 * On a busy machine it can be seconds.
 */
export interface BaselineLatency {
  /** The maximum over probes in flight between two times. */
  longestMs(fromMs: number, toMs: number): number
  /** Of the last probe. */
  latestMs(): number
}

const probeIntervalMs = 200

export function startBaselineLatency(serverUrl: string, stopped: AbortSignal): BaselineLatency {
  const probes: { startedAtMs: number; endedAtMs: number }[] = []

  async function probe(): Promise<void> {
    const startedAtMs = performance.now()
    const answer = await send(new URL('/livez', serverUrl))
    if (typeof answer !== 'string') probes.push({ startedAtMs, endedAtMs: performance.now() })
  }

  async function run(): Promise<void> {
    while (!stopped.aborted) {
      void probe()
      await delay(probeIntervalMs)
    }
  }

  void run()
  return {
    latestMs() {
      const [last] = probes.slice(-1)
      return last === undefined ? 0 : last.endedAtMs - last.startedAtMs
    },
    longestMs: (fromMs, toMs) =>
      Math.max(
        0,
        ...probes
          .filter(({ startedAtMs, endedAtMs }) => endedAtMs >= fromMs && startedAtMs <= toMs)
          .map(({ startedAtMs, endedAtMs }) => endedAtMs - startedAtMs),
      ),
  }
}
