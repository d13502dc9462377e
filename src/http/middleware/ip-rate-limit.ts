import type { RequestHandler } from 'express'
import { type Quota, rateLimit, rateLimitPolicy } from '../../lib/rate-limit-headers.ts'
import type { Reject } from '../../telemetry/rejections.ts'
import { clientAddress } from '../client-address.ts'
import { rejectRequest } from '../reject.ts'

export interface IpRateLimitOptions {
  /** Requests per minute and address. */
  readonly perMinute: number
  readonly reject: Reject
  /** Bounds memory: further addresses of a minute share one counter. */
  readonly maxAddresses?: number
}

const windowMs = 60_000
/** A 401 costs ten requests, to slow down credential guessing. */
const failedAuthenticationCost = 10

/**
 * Rate limit per IP address, before any other work. Counts in-process, so that a flood costs a map access and no
 * query.
 */
export function createIpRateLimit({
  perMinute,
  reject,
  maxAddresses = 50_000,
}: IpRateLimitOptions): RequestHandler {
  const quota: Quota = { name: 'address', requests: perMinute, windowSeconds: windowMs / 1_000 }
  const policy = rateLimitPolicy([quota])
  let counts = new Map<string, number>()
  let endsAtMs = 0

  function add(address: string, amount: number): number {
    if (performance.now() >= endsAtMs) {
      counts = new Map()
      endsAtMs = performance.now() + windowMs
    }
    const key = counts.has(address) || counts.size < maxAddresses ? address : 'others'
    const count = (counts.get(key) ?? 0) + amount
    counts.set(key, count)
    return count
  }

  return (req, res, next) => {
    const address = clientAddress(req)
    if (add(address, 1) <= perMinute) {
      res.once('finish', () => {
        if (res.statusCode === 401) add(address, failedAuthenticationCost - 1)
      })
      next()
      return
    }
    const resetSeconds = Math.max(1, Math.ceil((endsAtMs - performance.now()) / 1_000))
    const rejection = {
      reason: 'rate_limited',
      httpStatus: 429,
      message: `Too many requests from this address. Try again in ${resetSeconds} s.`,
      headers: {
        'retry-after': String(resetSeconds),
        'ratelimit-policy': policy,
        ratelimit: rateLimit([{ quota, exceeded: true, remaining: 0, resetSeconds }]),
      },
    } as const
    rejectRequest({ req, res }, rejection, reject)
  }
}
