import type { ServerResponse } from 'node:http'
import {
  type QuotaState,
  rateLimitHeader,
  rateLimitPolicyHeader,
  retryAfterHeader,
} from '../../lib/rate-limit-headers.ts'
import { perMinute, type RateLimiter } from '../../redis/rate-limiter.ts'
import { unknownLabel } from '../../telemetry/metrics/labels.ts'
import type { Message } from '../message.ts'
import type { Admission, AdmissionRejection, EarlyAdmission } from './admission.ts'

export interface RateLimitOptions {
  readonly limiter: RateLimiter
  /** Requests per minute: `caller` counts all messages of a caller, `tool` its calls of each tool. */
  readonly limits: { readonly caller: number; readonly tool: number }
  readonly tools: ReadonlySet<string>
}

/** Callers whose exceeded limit is remembered, to reject them before their body is read. */
const maxRemembered = 10_000

/** Rate limits per caller and per caller and tool. Each message of a batch counts. */
export function createRateLimit({ limiter, limits, tools }: RateLimitOptions): {
  readonly beforeBody: EarlyAdmission
  readonly admit: Admission
} {
  const quotas = { caller: perMinute('caller', limits.caller), tool: perMinute('tool', limits.tool) }
  const policy = rateLimitPolicyHeader([quotas.caller, quotas.tool])
  const exceededBy = new Map<string, { readonly state: QuotaState; readonly untilMs: number }>()

  const beforeBody: EarlyAdmission = ({ res, owner }) => {
    const known = exceededBy.get(owner)
    if (known === undefined) return undefined
    const leftMs = known.untilMs - performance.now()
    if (leftMs > 0) return exceededLimit(res, [{ ...known.state, resetSeconds: Math.ceil(leftMs / 1_000) }])
    exceededBy.delete(owner)
    return undefined
  }

  const admit: Admission = async ({ res, body: { messages }, owner }) => {
    const [ofCaller, ...ofTools] = await limiter.consume(owner, [
      { quota: quotas.caller, points: Math.max(1, messages.length) },
      ...[...callsByTool(messages)].map(([of, points]) => ({ quota: quotas.tool, of, points })),
    ])
    const states = [ofCaller, ofTools.sort(tightestFirst)[0]].filter((state) => state !== undefined)
    if (ofCaller?.exceeded) {
      if (exceededBy.size >= maxRemembered) exceededBy.clear()
      exceededBy.set(owner, { state: ofCaller, untilMs: performance.now() + ofCaller.resetSeconds * 1_000 })
    }
    return exceededLimit(res, states)
  }

  return { beforeBody, admit }

  /** Sets the headers of the limits; returns a rejection if one of them is exceeded. */
  function exceededLimit(res: ServerResponse, states: readonly QuotaState[]): AdmissionRejection | undefined {
    res.setHeader('ratelimit-policy', policy)
    res.setHeader('ratelimit', rateLimitHeader(states))
    const exceeded = states.find((state) => state.exceeded)
    if (exceeded === undefined) return undefined
    const { name, requests } = exceeded.quota
    const wait = retryAfterHeader(states)
    return {
      reason: 'rate_limited',
      httpStatus: 429,
      message: `Too many requests: the limit is ${requests} a minute for each ${name}. Try again in ${wait} s.`,
      headers: { 'retry-after': wait },
      failsCall: true,
    }
  }

  /** Unknown tool names share one counter, so that made-up names do not evade the limit. */
  function callsByTool(messages: readonly Message[]): Map<string, number> {
    const calls = new Map<string, number>()
    for (const { method, name = '' } of messages) {
      if (method !== 'tools/call') continue
      const tool = tools.has(name) ? name : unknownLabel
      calls.set(tool, (calls.get(tool) ?? 0) + 1)
    }
    return calls
  }
}

const tightestFirst = (a: QuotaState, b: QuotaState): number =>
  Number(b.exceeded) - Number(a.exceeded) || a.remaining - b.remaining
