import assert from 'node:assert/strict'
import type { BaselineLatency } from './baseline-latency.ts'
import { type Call, type Outcome, type Tool, timeoutMs, tools } from './calls.ts'

/** Allowed outcomes of each tool during the fault; only `ok` by default. */
export type ExpectedOutcomes = Readonly<Partial<Record<Tool, readonly Outcome[]>>>

/** Maximum duration of a call of each tool; its timeout by default. */
export type LimitsMs = Readonly<Partial<Record<Tool, number>>>

export interface Episode {
  readonly faultAtMs: number
  readonly repairedAtMs: number
  readonly recoveredAtMs: number
}

/** Tolerance on every limit, in addition to the baseline latency. */
const marginMs = 2_000
/** A fault takes effect this long after its injection. */
const onsetMs = 300
/** Above this baseline latency, timeouts are allowed: the machine is overloaded. */
export const starvedMs = 500
export const timeoutOutcomes: readonly Outcome[] = [
  'unavailable',
  'timeout',
  'upstream_error',
  'without documents',
  'without wikipedia',
]

/** Fails on an unexpected outcome or a late call, and if a tool had no call with an expected outcome. */
export function assertCalls(
  { calls, baseline }: { readonly calls: readonly Call[]; readonly baseline: BaselineLatency },
  episode: Episode,
  { expectedOutcomes, limitsMs }: { expectedOutcomes: ExpectedOutcomes; limitsMs: LimitsMs },
): void {
  const during = new Set(callsDuring(calls, episode))
  for (const tool of tools) {
    const own = calls.filter((call) => call.tool === tool)
    const expected = expectedOutcomes[tool] ?? ['ok']
    assert.ok(
      own.some((call) => during.has(call) && expected.includes(call.outcome)),
      `no call of ${tool} with an expected outcome during the fault`,
    )
    for (const call of own) {
      const addedMs = baseline.longestMs(call.startedAtMs, call.endedAtMs)
      const affected = call.endedAtMs >= episode.faultAtMs && call.startedAtMs <= episode.recoveredAtMs
      const allowed = [
        ...(affected ? expected : []),
        ...(during.has(call) ? [] : ['ok']),
        ...(addedMs > starvedMs ? [...timeoutOutcomes, 'ok'] : []),
      ]
      const when = during.has(call) ? 'during' : affected ? 'around' : 'outside of'
      assert.ok(allowed.includes(call.outcome), `${describe(call)} ${when} the fault`)
      const limitMs = (limitsMs[tool] ?? timeoutMs[tool]) + marginMs + addedMs
      assert.ok(durationMs(call) <= limitMs, `${describe(call)}, limit ${Math.round(limitMs)} ms`)
    }
  }
}

export function callsDuring(calls: readonly Call[], { faultAtMs, repairedAtMs }: Episode): Call[] {
  return calls.filter(
    ({ startedAtMs, endedAtMs }) => startedAtMs >= faultAtMs + onsetMs && endedAtMs <= repairedAtMs,
  )
}

const durationMs = ({ startedAtMs, endedAtMs }: Call): number => endedAtMs - startedAtMs

const describe = (call: Call): string =>
  `${call.tool} (${call.revision}): ${call.outcome} after ${Math.round(durationMs(call))} ms`

/** Groups tools with the same outcomes, with the maximum duration of a call. */
export function summarize(calls: readonly Call[]): string {
  const groups = new Map<string, { tools: Tool[]; longestMs: number }>()
  for (const tool of tools) {
    const own = calls.filter((call) => call.tool === tool)
    if (own.length === 0) continue
    const outcomes = [...new Set(own.map(({ outcome }) => outcome))].sort().join(' or ')
    const group = groups.get(outcomes) ?? { tools: [], longestMs: 0 }
    group.tools.push(tool)
    group.longestMs = Math.max(group.longestMs, ...own.map(durationMs))
    groups.set(outcomes, group)
  }
  return [...groups]
    .map(([outcomes, { tools: own, longestMs }]) => {
      const names = own.length === tools.length ? 'all tools' : own.join(', ')
      return `${names}: ${outcomes}, at most ${(longestMs / 1_000).toFixed(1)} s`
    })
    .join('; ')
}
