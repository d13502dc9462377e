/**
 * Rate-limit response headers, as structured fields (RFC 9651):
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (draft 11).
 */

/** Number of requests allowed per key and time window. */
export interface Quota {
  readonly name: string
  readonly requests: number
  readonly windowSeconds: number
}

/** State of a quota for one key. */
export interface QuotaState {
  readonly quota: Quota
  readonly exceeded: boolean
  readonly remaining: number
  /** Seconds until the full quota is available again. */
  readonly resetSeconds: number
}

/** `RateLimit-Policy`: the configured quotas, equal in every response. */
export const rateLimitPolicyHeader = (quotas: readonly Quota[]): string =>
  quotas.map(({ name, requests, windowSeconds }) => `"${name}";q=${requests};w=${windowSeconds}`).join(', ')

/** `RateLimit`: the remaining quotas. */
export const rateLimitHeader = (states: readonly QuotaState[]): string =>
  states
    .map(({ quota, remaining, resetSeconds }) => `"${quota.name}";r=${remaining};t=${resetSeconds}`)
    .join(', ')

/** `Retry-After`: the longest reset time among the exceeded quotas. */
export const retryAfterHeader = (states: readonly QuotaState[]): string =>
  String(Math.max(1, ...states.filter(({ exceeded }) => exceeded).map(({ resetSeconds }) => resetSeconds)))
