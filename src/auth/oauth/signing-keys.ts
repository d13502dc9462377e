import { errors, type JWTVerifyGetKey } from 'jose'
import type { Logger } from '../../telemetry/log/logger.ts'

export interface SigningKeysOptions {
  /** Reads all keys anew. */
  readonly fetchKeys: () => Promise<JWTVerifyGetKey>
  readonly logger: Logger
  readonly timing?: Partial<Timing>
}

interface Timing {
  /** After this long the keys are read anew, beside the requests that use them. */
  readonly refreshMs: number
  /** After this long they are used no more: a key that was withdrawn is trusted no longer than this. */
  readonly maxAgeMs: number
  /** Time between two attempts to read them, however many unknown keys are asked for. */
  readonly cooldownMs: number
}

const defaultTiming: Timing = { refreshMs: 5 * 60_000, maxAgeMs: 60 * 60_000, cooldownMs: 5_000 }

/**
 * The keys that tokens are checked with. A token signed with a key that is not known yet has them read
 * again, so a rotation needs no restart; while they can't be read, those known already go on working.
 * @throws jose's JWKSNoMatchingKey for a key that does not exist; another Error if that can't be found out
 */
export function createSigningKeys({ fetchKeys, logger, timing }: SigningKeysOptions): JWTVerifyGetKey {
  const { refreshMs, maxAgeMs, cooldownMs } = { ...defaultTiming, ...timing }
  let keys: { readonly find: JWTVerifyGetKey; readonly readAtMs: number } | undefined
  let lastAttempt: { readonly atMs: number; readonly result: Promise<void> } | undefined

  /** Reads the keys, unless that was done a moment ago: then its outcome stands. */
  function read(): Promise<void> {
    if (lastAttempt !== undefined && performance.now() - lastAttempt.atMs < cooldownMs)
      return lastAttempt.result
    const atMs = performance.now()
    const result = fetchKeys().then(
      (find) => {
        keys = { find, readAtMs: atMs }
      },
      (error: unknown) => {
        logger.warn('the keys of the authorization server could not be read', { function: 'read', error })
        throw error
      },
    )
    lastAttempt = { atMs, result }
    return result
  }

  const find: JWTVerifyGetKey = async (header, token) => {
    if (keys === undefined) throw new Error('the keys of the authorization server have not been read yet')
    return keys.find(header, token)
  }

  return async (header, token) => {
    const ageMs = performance.now() - (keys?.readAtMs ?? Number.NEGATIVE_INFINITY)
    if (ageMs > maxAgeMs) await read()
    else if (ageMs > refreshMs) read().catch(() => undefined)
    try {
      return await find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await read()
      return find(header, token)
    }
  }
}
