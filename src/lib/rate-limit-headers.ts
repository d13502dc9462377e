/**
 * The fields that tell a client about its limits, as structured fields (RFC 9651):
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (draft 11).
 */

/** So many requests within a window of time, for each key that is counted. */
export interface Quota {
  readonly name: string
  readonly requests: number
  readonly windowSeconds: number
}

/** What is left of a quota for one key. */
export interface QuotaState {
  readonly quota: Quota
  readonly exceeded: boolean
  readonly remaining: number
  /** Until all of the quota is there again. */
  readonly resetSeconds: number
}

/** `RateLimit-Policy`: what is allowed, the same in every answer. */
export const rateLimitPolicy = (quotas: readonly Quota[]): string =>
  quotas.map(({ name, requests, windowSeconds }) => `"${name}";q=${requests};w=${windowSeconds}`).join(', ')

/** `RateLimit`: what is left now. */
export const rateLimit = (states: readonly QuotaState[]): string =>
  states
    .map(({ quota, remaining, resetSeconds }) => `"${quota.name}";r=${remaining};t=${resetSeconds}`)
    .join(', ')

/** `Retry-After`: not before the last of the exceeded quotas is there again. */
export const retryAfter = (states: readonly QuotaState[]): string =>
  String(Math.max(1, ...states.filter(({ exceeded }) => exceeded).map(({ resetSeconds }) => resetSeconds)))
