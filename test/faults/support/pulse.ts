import { setTimeout as delay } from 'node:timers/promises'
import { send } from './http.ts'

/**
 * How long the server takes for what asks nobody and does nothing (/livez). That is what the machine adds
 * to every answer, and on a busy one it may be seconds.
 */
export interface Pulse {
  /** The longest that was under way between two moments. */
  longestMs(fromMs: number, toMs: number): number
  /** The one that ended last. */
  latestMs(): number
}

const everyMs = 200

export function startPulse(serverUrl: string, stopped: AbortSignal): Pulse {
  const beats: { startedAtMs: number; endedAtMs: number }[] = []

  async function beat(): Promise<void> {
    const startedAtMs = performance.now()
    const answer = await send(new URL('/livez', serverUrl))
    if (typeof answer !== 'string') beats.push({ startedAtMs, endedAtMs: performance.now() })
  }

  async function run(): Promise<void> {
    while (!stopped.aborted) {
      void beat()
      await delay(everyMs)
    }
  }

  void run()
  return {
    latestMs() {
      const [last] = beats.slice(-1)
      return last === undefined ? 0 : last.endedAtMs - last.startedAtMs
    },
    longestMs: (fromMs, toMs) =>
      Math.max(
        0,
        ...beats
          .filter(({ startedAtMs, endedAtMs }) => endedAtMs >= fromMs && startedAtMs <= toMs)
          .map(({ startedAtMs, endedAtMs }) => endedAtMs - startedAtMs),
      ),
  }
}
