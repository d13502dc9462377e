import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { type Scrape, scrape } from '../../support/scrape.ts'
import type { FaultStack } from './fault-stack.ts'
import { lostOf } from './lost-writes.ts'
import { printRow } from './print-row.ts'
import { type Bounds, type Declared, duringFault, type Episode, judge, summarize } from './verdict.ts'

export interface Fault {
  /** What is broken, and how: a row of the table. */
  readonly name: string
  inject(): unknown
  repair(): unknown
  /** At least; it goes on until it is to be seen in health and metrics. */
  readonly lastsMs?: number
  readonly declared?: Declared
  /** Bounds that are declared besides the tools' own times. */
  readonly withinMs?: Bounds
  /** Dependencies that /health says are down. */
  readonly down?: readonly string[]
  readonly ready?: boolean
  /** Rejects for as long as the metrics do not show the fault. */
  shows?(now: Scrape, before: Scrape): void | Promise<void>
  /** Rejects for as long as something besides calls and health is not as it was. */
  recovers?(): void | Promise<void>
}

const shownWithinMs = 25_000
const recoveredWithinMs = 10_000
/** Somewhat longer, so that what was too late is told with how late it was. */
const patienceMs = 60_000
/** Both eras and all tools have had their turn. */
const round = 10

/** Breaks something, looks at it from all sides, mends it and looks again. */
export async function runFault(stack: FaultStack, fault: Fault): Promise<void> {
  const { pid } = stack.server.child
  assertSound(stack, pid)
  await breakAndMend(stack, fault).finally(() => assertSound(stack, pid))
}

async function breakAndMend(stack: FaultStack, fault: Fault): Promise<void> {
  const { server, load } = stack
  const beganAtMs = performance.now()
  await healthy(stack, beganAtMs)
  const before = await scrape(server.url)

  const faultAtMs = performance.now()
  let repairedAtMs = faultAtMs
  try {
    await fault.inject()
    await delay(fault.lastsMs ?? 4_000)
    await eventually(shownWithinMs, () => assertShown(stack, fault, before))
  } finally {
    // In any case, or the next fault would be blamed for this one.
    repairedAtMs = performance.now()
    await fault.repair()
  }
  const restored = eventually(patienceMs, async () => {
    await fault.recovers?.()
    return performance.now()
  })
  const recoveredAtMs = Math.max(...(await Promise.all([healthy(stack, repairedAtMs), restored])))
  await load.settled()

  const episode: Episode = { faultAtMs, repairedAtMs, recoveredAtMs }
  const calls = load.calls.filter(({ startedAtMs }) => startedAtMs >= beganAtMs)
  const tookMs = recoveredAtMs - repairedAtMs
  assert.ok(
    tookMs <= recoveredWithinMs + load.pulse.longestMs(repairedAtMs, recoveredAtMs),
    `recovered ${Math.round(tookMs)} ms after the repair`,
  )
  judge({ calls, pulse: load.pulse }, episode, { declared: {}, withinMs: {}, ...fault })
  const { lost, acknowledged } = await lostOf(server.mcpUrl, calls)
  printRow({
    fault: fault.name,
    seen: summarize(duringFault(calls, episode)),
    recoverySeconds: tookMs / 1_000,
    lostWrites: `${lost.length} of ${acknowledged}`,
  })
  assert.deepEqual(lost, [], 'acknowledged and then lost')
}

/** The same process as before, and nothing in it went wrong in a way that nobody had thought of. */
function assertSound({ server }: FaultStack, pid: number | undefined): void {
  const unhandled = server.lines.filter(({ message }) => String(message).includes('unhandled'))
  assert.deepEqual(unhandled, [])
  assert.deepEqual([server.child.pid, server.child.exitCode, server.child.signalCode], [pid, null, null])
}

/** @returns when health was fine and, of the calls begun since a moment, the first of a whole round that succeeded had ended */
export async function healthy(
  { server, load }: Pick<FaultStack, 'server' | 'load'>,
  sinceMs: number,
): Promise<number> {
  const moments = await Promise.all([
    eventually(patienceMs, async () => {
      for (const path of ['health', 'readyz']) {
        const answer = await fetch(`${server.url}/${path}`)
        assert.equal(answer.status, 200, await answer.text())
      }
      return performance.now()
    }),
    eventually(patienceMs, () => {
      const latest = load.calls.filter(({ startedAtMs }) => startedAtMs >= sinceMs).slice(-round)
      assert.equal(latest.length, round, 'too few calls have ended')
      for (const { tool, outcome } of latest) assert.equal(outcome, 'ok', tool)
      return Math.min(...latest.map(({ endedAtMs }) => endedAtMs))
    }),
  ])
  return Math.max(...moments)
}

async function assertShown({ server }: FaultStack, fault: Fault, before: Scrape): Promise<void> {
  const { down = [], ready = true } = fault
  const health = await fetch(`${server.url}/health`)
  const { checks } = (await health.json()) as { checks: Record<string, boolean> }
  const seenDown = Object.keys(checks).filter((name) => !checks[name])
  assert.deepEqual(seenDown, down, `/health; the log says ${JSON.stringify(lastDown(server))}`)
  assert.equal(health.status, down.length === 0 ? 200 : 503)
  assert.equal((await fetch(`${server.url}/readyz`)).status, ready ? 200 : 503, '/readyz')
  const now = await scrape(server.url)
  for (const dependency of Object.keys(checks)) {
    assert.equal(now.sum('mcp_dependency_up', { dependency }), down.includes(dependency) ? 0 : 1, dependency)
  }
  await fault.shows?.(now, before)
}

const lastDown = ({ lines }: FaultStack['server']) =>
  lines.findLast(({ message }) => message === 'dependency went down')

/** Tries until it does not reject any more. */
async function eventually<T>(withinMs: number, attempt: () => T | Promise<T>): Promise<T> {
  for (const deadlineMs = performance.now() + withinMs; ; await delay(100)) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > deadlineMs) throw error
    }
  }
}
