import { errors, type JWTVerifyGetKey } from 'jose'
import type { Logger } from '../../telemetry/log/logger.ts'

export interface SigningKeysOptions {
  /** Fetches the complete key set. */
  readonly fetchKeys: () => Promise<JWTVerifyGetKey>
  readonly logger: Logger
  readonly timing?: Partial<Timing>
}

interface Timing {
  /** Age at which the keys are refreshed in the background. */
  readonly refreshMs: number
  /** Age at which the keys expire: bounds how long a withdrawn key is trusted. */
  readonly maxAgeMs: number
  /** Minimum time between two fetches, however many tokens name unknown keys. */
  readonly cooldownMs: number
}

const defaultTiming: Timing = { refreshMs: 5 * 60_000, maxAgeMs: 60 * 60_000, cooldownMs: 5_000 }

/**
 * Cached signing keys. A token with an unknown key id triggers a fetch, so key rotation needs no restart;
 * during an outage of the authorization server the cached keys stay valid for up to `maxAgeMs`.
 * @throws jose's JWKSNoMatchingKey for an unknown key; another Error if the keys cannot be fetched
 */
export function createSigningKeys({ fetchKeys, logger, timing }: SigningKeysOptions): JWTVerifyGetKey {
  const { refreshMs, maxAgeMs, cooldownMs } = { ...defaultTiming, ...timing }
  let keys: { readonly find: JWTVerifyGetKey; readonly fetchedAtMs: number } | undefined
  let lastAttempt: { readonly atMs: number; readonly result: Promise<void> } | undefined

  /** Fetches the keys; within the cool-down it returns the previous result. */
  function refresh(): Promise<void> {
    if (lastAttempt !== undefined && performance.now() - lastAttempt.atMs < cooldownMs)
      return lastAttempt.result
    const atMs = performance.now()
    const result = fetchKeys().then(
      (find) => {
        keys = { find, fetchedAtMs: atMs }
      },
      (error: unknown) => {
        logger.warn('failed to fetch the authorization server signing keys', { function: 'refresh', error })
        throw error
      },
    )
    lastAttempt = { atMs, result }
    return result
  }

  const find: JWTVerifyGetKey = async (header, token) => {
    if (keys === undefined) throw new Error('the authorization server signing keys are not fetched yet')
    return keys.find(header, token)
  }

  return async (header, token) => {
    const ageMs = performance.now() - (keys?.fetchedAtMs ?? Number.NEGATIVE_INFINITY)
    if (ageMs > maxAgeMs) await refresh()
    else if (ageMs > refreshMs) refresh().catch(() => undefined)
    try {
      return await find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await refresh()
      return find(header, token)
    }
  }
}
