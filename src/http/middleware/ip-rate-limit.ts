import type { RequestHandler } from 'express'
import { type Quota, rateLimitHeader, rateLimitPolicyHeader } from '../../lib/rate-limit-headers.ts'
import type { Reject } from '../../telemetry/rejections.ts'
import { clientAddress } from '../client-address.ts'
import { rejectRequest } from '../reject.ts'

export interface IpRateLimitOptions {
  /** Requests per minute and address. */
  readonly perMinute: number
  readonly reject: Reject
  /** Bounds memory, per IP version: a further address replaces one that has sent little. */
  readonly maxAddresses?: number
}

const windowMs = 60_000
/** Limit of an IPv6 /48 network, in address limits: one client may own all of its 65,536 /64 networks. */
const networkFactor = 16
/** Oldest addresses from which the one to evict is chosen. */
const evictionSample = 50
/** A 401 costs ten requests, to slow down credential guessing. */
const failedAuthenticationCost = 10

/**
 * Rate limit per IP address, before authentication. Counts in-process, so that a flood costs a map access and no
 * query.
 */
export function createIpRateLimit({
  perMinute,
  reject,
  maxAddresses = 50_000,
}: IpRateLimitOptions): RequestHandler {
  const quota: Quota = { name: 'address', requests: perMinute, windowSeconds: windowMs / 1_000 }
  const policy = rateLimitPolicyHeader([quota])
  let counters = { v4: new Map<string, number>(), v6: new Map<string, number>() }
  let endsAtMs = 0

  /** @returns the highest count among the address and its network, in units of the address limit */
  function add(address: string, amount: number): number {
    if (performance.now() >= endsAtMs) {
      counters = { v4: new Map(), v6: new Map() }
      endsAtMs = performance.now() + windowMs
    }
    if (!address.includes(':')) return increment(counters.v4, address, amount)
    const ofAddress = increment(counters.v6, address, amount)
    return Math.max(ofAddress, increment(counters.v6, wideNetwork(address), amount) / networkFactor)
  }

  function increment(counts: Map<string, number>, key: string, amount: number): number {
    const known = counts.get(key)
    if (known === undefined && counts.size >= maxAddresses) evictSmallest(counts)
    const count = (known ?? 0) + amount
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
        ratelimit: rateLimitHeader([{ quota, exceeded: true, remaining: 0, resetSeconds }]),
      },
    } as const
    rejectRequest({ req, res }, rejection, reject)
  }
}

/** The /48 network of a /64 network such as `2001:db8:0:1::/64`. */
const wideNetwork = (network: string): string => `${network.split(':').slice(0, 3).join(':')}::/48`

/** Removes the smallest of the oldest counts, so that many new addresses cannot reset a count near the limit. */
function evictSmallest(counts: Map<string, number>): void {
  let smallest: [key: string, count: number] | undefined
  let looked = 0
  for (const entry of counts) {
    if (smallest === undefined || entry[1] < smallest[1]) smallest = entry
    if (++looked === evictionSample) break
  }
  if (smallest) counts.delete(smallest[0])
}
