import type { IncomingMessage } from 'node:http'
import { anonymous, type Caller } from '../../auth/caller.ts'
import { type QuotaState, rateLimit, rateLimitPolicy, retryAfter } from '../../lib/rate-limit-headers.ts'
import type { RateLimiter } from '../../redis/rate-limiter.ts'
import { unknownLabel } from '../../telemetry/metrics/labels.ts'
import type { Message } from '../message.ts'
import type { Admission } from './admission.ts'

export interface RateLimitOptions {
  /** `caller` counts all messages of a caller, `tool` its calls of each tool. */
  readonly limiters: Readonly<Record<'caller' | 'tool', RateLimiter>>
  readonly tools: ReadonlySet<string>
  /** Distinguishes anonymous callers. */
  readonly addressOf: (req: IncomingMessage) => string
}

/** Rate limits per caller and per caller and tool. Each message of a batch counts. */
export function createRateLimit({ limiters, tools, addressOf }: RateLimitOptions): Admission {
  const policy = rateLimitPolicy([limiters.caller.quota, limiters.tool.quota])

  return async ({ req, res, body, caller }) => {
    const owner = ownerOf(caller, req)
    const { messages } = body
    // Concurrent, so that the call waits for one round trip to Redis.
    const [ofCaller, ...ofTools] = await Promise.all([
      limiters.caller.consume(owner, Math.max(1, messages.length)),
      ...[...callsByTool(messages)].map(([tool, calls]) => limiters.tool.consume(`${owner} ${tool}`, calls)),
    ])
    const states = [ofCaller, ...ofTools.sort(tightestFirst).slice(0, 1)]
    res.setHeader('ratelimit-policy', policy)
    res.setHeader('ratelimit', rateLimit(states))
    const exceeded = states.find((state) => state.exceeded)
    if (exceeded === undefined) return undefined
    const { name, requests } = exceeded.quota
    const wait = retryAfter(states)
    return {
      reason: 'rate_limited',
      httpStatus: 429,
      message: `Too many requests: the limit is ${requests} a minute for each ${name}. Try again in ${wait} s.`,
      headers: { 'retry-after': wait },
    }
  }

  function ownerOf(caller: Caller, req: IncomingMessage): string {
    return caller.id === anonymous.id ? `${caller.id}@${addressOf(req)}` : caller.id
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
