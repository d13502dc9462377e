import assert from 'node:assert/strict'
import { type Call, type Outcome, type Tool, timeoutMs, tools } from './calls.ts'
import type { Pulse } from './pulse.ts'

/** For each tool what it may answer while the fault lasts, `ok` alone where nothing is said. */
export type Declared = Readonly<Partial<Record<Tool, readonly Outcome[]>>>

/** Milliseconds within which a tool answers; its own time where nothing is said. */
export type Bounds = Readonly<Partial<Record<Tool, number>>>

export interface Episode {
  readonly faultAtMs: number
  readonly repairedAtMs: number
  readonly recoveredAtMs: number
}

/** Added to every duration that the product promises, besides what the machine was seen to add. */
const marginMs = 2_000
/** A fault is not everywhere at the very moment it begins. */
const onsetMs = 300
/** A server that has to wait so long for the processor finds everything late, and says so. */
const starvedMs = 500
const late = ['unavailable', 'timeout', 'upstream_error', 'without documents', 'without wikipedia']

/** Holds all calls of an episode to what is declared, and wants every tool to have shown it. */
export function judge(
  { calls, pulse }: { readonly calls: readonly Call[]; readonly pulse: Pulse },
  episode: Episode,
  { declared, withinMs }: { declared: Declared; withinMs: Bounds },
): void {
  const during = new Set(duringFault(calls, episode))
  for (const tool of tools) {
    const own = calls.filter((call) => call.tool === tool)
    const expected = declared[tool] ?? ['ok']
    assert.ok(
      own.some((call) => during.has(call) && expected.includes(call.outcome)),
      `no call of ${tool} began and ended as declared while the fault lasted`,
    )
    for (const call of own) {
      const addedMs = pulse.longestMs(call.startedAtMs, call.endedAtMs)
      const touched = call.endedAtMs >= episode.faultAtMs && call.startedAtMs <= episode.recoveredAtMs
      const allowed = [
        ...(touched ? expected : []),
        ...(during.has(call) ? [] : ['ok']),
        ...(addedMs > starvedMs ? [...late, 'ok'] : []),
      ]
      const when = during.has(call) ? 'in' : touched ? 'around' : 'outside of'
      assert.ok(allowed.includes(call.outcome), `${describe(call)} ${when} the fault`)
      const limitMs = (withinMs[tool] ?? timeoutMs[tool]) + marginMs + addedMs
      assert.ok(durationMs(call) <= limitMs, `${describe(call)}, more than ${Math.round(limitMs)} ms`)
    }
  }
}

export function duringFault(calls: readonly Call[], { faultAtMs, repairedAtMs }: Episode): Call[] {
  return calls.filter(
    ({ startedAtMs, endedAtMs }) => startedAtMs >= faultAtMs + onsetMs && endedAtMs <= repairedAtMs,
  )
}

const durationMs = ({ startedAtMs, endedAtMs }: Call): number => endedAtMs - startedAtMs

const describe = (call: Call): string =>
  `${call.tool} (${call.era}): ${call.outcome} after ${Math.round(durationMs(call))} ms`

/** In few words: tools that saw the same are named together, with the longest time that a call took. */
export function summarize(calls: readonly Call[]): string {
  const groups = new Map<string, { tools: Tool[]; longestMs: number }>()
  for (const tool of tools) {
    const own = calls.filter((call) => call.tool === tool)
    if (own.length === 0) continue
    const seen = [...new Set(own.map(({ outcome }) => outcome))].sort().join(' or ')
    const group = groups.get(seen) ?? { tools: [], longestMs: 0 }
    group.tools.push(tool)
    group.longestMs = Math.max(group.longestMs, ...own.map(durationMs))
    groups.set(seen, group)
  }
  return [...groups]
    .map(([seen, { tools: own, longestMs }]) => {
      const who = own.length === tools.length ? 'all tools' : own.join(', ')
      return `${who}: ${seen}, at most ${(longestMs / 1_000).toFixed(1)} s`
    })
    .join('; ')
}
