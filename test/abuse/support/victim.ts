import { setTimeout as delay } from 'node:timers/promises'
import { type Client, rpc, toolCall } from './client.ts'
import { nextVictimDocument } from './documents.ts'
import { runQueueWaitMs } from './run-queue.ts'

/** Latencies in milliseconds, without the time that the server, or the client if longer, waited for a processor. */
export interface Latencies {
  readonly ping: readonly number[]
  readonly fetch: readonly number[]
  /** Answers that were not what an undisturbed caller gets. */
  readonly wrong: readonly string[]
}

const pauseMs = 40
/** Keeps the victim below its own rate limit. */
const maxRounds = 250

/** Calls `ping` and `fetch` in turn, at least `rounds` times and until `isOver`. */
export async function callAsVictim(
  client: Client,
  { serverPid, rounds, isOver }: { serverPid: number; rounds: number; isOver: () => boolean },
): Promise<Latencies> {
  const ping: number[] = []
  const fetch: number[] = []
  const wrong: string[] = []

  const waitsMs = () => [serverPid, process.pid].map(runQueueWaitMs)

  async function measure(latencies: number[], body: object, isRight: (text: string) => boolean) {
    const [startedAtMs, waitsBeforeMs] = [performance.now(), waitsMs()]
    const { status, text } = await client.post(body)
    const ms = performance.now() - startedAtMs
    const waited = waitsMs().map((waitMs, n) => waitMs - (waitsBeforeMs[n] ?? 0))
    latencies.push(Math.max(0, ms - Math.max(...waited)))
    if (status !== 200 || !isRight(text)) wrong.push(`${status} ${text.slice(0, 300)}`)
  }

  for (let round = 0; round < maxRounds && (round < rounds || !isOver()); round++) {
    await measure(ping, rpc('ping'), (text) => text.includes('"result":{}'))
    const { id, text: expected } = nextVictimDocument()
    await measure(fetch, toolCall('fetch', { id }), (text) => text.includes(expected))
    await delay(pauseMs)
  }
  return { ping, fetch, wrong }
}

/** By the nearest rank: of fewer than 100 values p99 is the largest. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
}
