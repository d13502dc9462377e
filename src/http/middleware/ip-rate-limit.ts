import type { RequestHandler } from 'express'
import { type Quota, rateLimit, rateLimitPolicy } from '../../lib/rate-limit-headers.ts'
import type { Reject } from '../../telemetry/rejections.ts'
import { clientAddress } from '../client-address.ts'
import { refuse } from '../reject.ts'

export interface IpRateLimitOptions {
  /** Requests an address may send in a minute. */
  readonly perMinute: number
  readonly reject: Reject
  /** Addresses that are counted one by one; all further ones of a minute share one count. */
  readonly maxAddresses?: number
}

const windowMs = 60_000
/** A 401 costs ten requests, to slow down credential guessing. */
const failedAuthenticationCost = 10

/**
 * Limits what comes from one address, before anything is done for it. It costs a look into a map and no
 * connection to anything; so each process counts by itself.
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
    const refusal = {
      reason: 'rate_limited',
      httpStatus: 429,
      message: `Too many requests from this address. Try again in ${resetSeconds} s.`,
      headers: {
        'retry-after': String(resetSeconds),
        'ratelimit-policy': policy,
        ratelimit: rateLimit([{ quota, exceeded: true, remaining: 0, resetSeconds }]),
      },
    } as const
    refuse({ req, res }, refusal, reject)
  }
}
