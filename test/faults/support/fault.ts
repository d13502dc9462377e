import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { type Scrape, scrape } from '../../support/scrape.ts'
import {
  assertCalls,
  callsDuring,
  type Episode,
  type ExpectedOutcomes,
  type LimitsMs,
  summarize,
} from './call-assertions.ts'
import type { FaultStack } from './fault-stack.ts'
import { findLostWrites } from './lost-writes.ts'
import { printRow } from './print-row.ts'

export interface Fault {
  /** Target and kind of the fault: a row of the table. */
  readonly name: string
  inject(): unknown
  repair(): unknown
  /** Minimum duration after the injection; the fault lasts until health and metrics show it. */
  readonly durationMs?: number
  readonly expectedOutcomes?: ExpectedOutcomes
  /** Replace the timeouts of the tools as limits of the duration of calls. */
  readonly limitsMs?: LimitsMs
  /** Dependencies that /health reports as down. */
  readonly down?: readonly string[]
  readonly ready?: boolean
  /** Rejects until the metrics show the fault. */
  assertVisible?(now: Scrape, before: Scrape): void | Promise<void>
  /** Rejects until everything except calls and health has recovered. */
  assertRecovered?(): void | Promise<void>
}

/** At most fifty calls, five of each tool in each protocol revision. */
const minFaultMs = 2_500
const visibleWithinMs = 25_000
const recoveredWithinMs = 10_000
/** Longer than the limit, so that the failure message contains the real recovery time. */
const recoveryTimeoutMs = 60_000
/** Calls of all tools in both protocol revisions. */
const callsPerRound = 10

export const testName = ({ name }: Pick<Fault, 'name'>): string =>
  `keeps declared outcomes and recovers within 10 s: ${name}`

/** Injects a fault, repairs it, and checks calls, health, metrics, recovery and writes. */
export async function runFault(stack: FaultStack, fault: Fault): Promise<void> {
  const { pid } = stack.server.child
  assertProcessIntact(stack, pid)
  await injectAndRepair(stack, fault).finally(() => assertProcessIntact(stack, pid))
}

async function injectAndRepair(stack: FaultStack, fault: Fault): Promise<void> {
  const { server, load } = stack
  const beganAtMs = performance.now()
  await waitUntilHealthy(stack, beganAtMs)
  const before = await scrape(server.url)

  const faultAtMs = performance.now()
  let repairedAtMs = faultAtMs
  try {
    await fault.inject()
    await delay(fault.durationMs ?? minFaultMs)
    await eventually(visibleWithinMs, () => assertFaultVisible(stack, fault, before))
  } finally {
    // Repair also after a failure, or it would affect the next fault.
    repairedAtMs = performance.now()
    await fault.repair()
  }
  const restored = eventually(recoveryTimeoutMs, async () => {
    await fault.assertRecovered?.()
    return performance.now()
  })
  const recoveredAtMs = Math.max(...(await Promise.all([waitUntilHealthy(stack, repairedAtMs), restored])))
  await load.settled()

  const episode: Episode = { faultAtMs, repairedAtMs, recoveredAtMs }
  const calls = load.calls.filter(({ startedAtMs }) => startedAtMs >= beganAtMs)
  const tookMs = recoveredAtMs - repairedAtMs
  assert.ok(
    tookMs <= recoveredWithinMs + load.baseline.longestMs(repairedAtMs, recoveredAtMs),
    `recovered ${Math.round(tookMs)} ms after the repair`,
  )
  assertCalls({ calls, baseline: load.baseline }, episode, { expectedOutcomes: {}, limitsMs: {}, ...fault })
  const { lost, acknowledged } = await findLostWrites(server.mcpUrl, calls)
  printRow({
    fault: fault.name,
    observed: summarize(callsDuring(calls, episode)),
    recoverySeconds: tookMs / 1_000,
    lostWrites: `${lost.length} of ${acknowledged}`,
  })
  assert.deepEqual(lost, [], 'acknowledged writes were lost')
}

/** Fails if the process was replaced or logged an unhandled error. */
function assertProcessIntact({ server }: FaultStack, pid: number | undefined): void {
  const unhandled = server.lines.filter(({ message }) => String(message).includes('unhandled'))
  assert.deepEqual(unhandled, [])
  assert.deepEqual([server.child.pid, server.child.exitCode, server.child.signalCode], [pid, null, null])
}

/**
 * Waits for successful probes and a full round of successful calls that started after `sinceMs`.
 * @returns when the probes succeeded and the first call of that round ended
 */
export async function waitUntilHealthy(
  { server, load }: Pick<FaultStack, 'server' | 'load'>,
  sinceMs: number,
): Promise<number> {
  const times = await Promise.all([
    eventually(recoveryTimeoutMs, async () => {
      for (const path of ['health', 'readyz']) {
        const answer = await fetch(`${server.url}/${path}`)
        assert.equal(answer.status, 200, await answer.text())
      }
      return performance.now()
    }),
    eventually(recoveryTimeoutMs, () => {
      const latest = load.calls.filter(({ startedAtMs }) => startedAtMs >= sinceMs).slice(-callsPerRound)
      assert.equal(latest.length, callsPerRound, 'too few calls ended')
      for (const { tool, outcome } of latest) assert.equal(outcome, 'ok', tool)
      return Math.min(...latest.map(({ endedAtMs }) => endedAtMs))
    }),
  ])
  return Math.max(...times)
}

async function assertFaultVisible({ server }: FaultStack, fault: Fault, before: Scrape): Promise<void> {
  const { down = [], ready = true } = fault
  const health = await fetch(`${server.url}/health`)
  const { checks } = (await health.json()) as { checks: Record<string, boolean> }
  const reportedDown = Object.keys(checks).filter((name) => !checks[name])
  assert.deepEqual(reportedDown, down, `/health; last log line: ${JSON.stringify(lastDownLine(server))}`)
  assert.equal(health.status, down.length === 0 ? 200 : 503)
  assert.equal((await fetch(`${server.url}/readyz`)).status, ready ? 200 : 503, '/readyz')
  const now = await scrape(server.url)
  for (const dependency of Object.keys(checks)) {
    assert.equal(now.sum('mcp_dependency_up', { dependency }), down.includes(dependency) ? 0 : 1, dependency)
  }
  await fault.assertVisible?.(now, before)
}

const lastDownLine = ({ lines }: FaultStack['server']) =>
  lines.findLast(({ message }) => message === 'dependency went down')

/** Retries until `attempt` resolves or the timeout is over. */
async function eventually<T>(withinMs: number, attempt: () => T | Promise<T>): Promise<T> {
  for (const deadlineMs = performance.now() + withinMs; ; await delay(100)) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > deadlineMs) throw error
    }
  }
}
