import { timingSafeEqual } from 'node:crypto'
import { withDeadline } from '../../lib/deadline.ts'
import { createShortCache, type ShortCacheOptions } from '../../lib/short-cache.ts'
import { type Authenticator, InvalidCredential } from '../authenticator.ts'
import { callerId } from '../caller.ts'
import { apiKeyId, hashApiKey } from './api-key.ts'
import type { ApiKeyStore } from './store.ts'

/**
 * Bounds how long a revoked key still works, and how long a cached key works during a Postgres outage.
 * Unknown keys are cached too, so that repeating one costs no query.
 */
const defaultCacheOptions: ShortCacheOptions = { ttlMs: 5_000, maxEntries: 10_000 }
const queryTimeoutMs = 2_000

/** Authenticates callers by the API keys in the store. */
export function createApiKeyAuthenticator(
  store: Pick<ApiKeyStore, 'find'>,
  cacheOptions = defaultCacheOptions,
): Authenticator {
  const keys = createShortCache<Awaited<ReturnType<ApiKeyStore['find']>>>(cacheOptions)

  const find = (id: string) =>
    keys.get(id, () =>
      withDeadline({ timeoutMs: queryTimeoutMs, operation: 'The API key query' }, (signal) =>
        store.find(id, { signal }),
      ),
    )

  return {
    async authenticate(credential) {
      const id = apiKeyId(credential)
      const key = id === undefined ? undefined : await find(id)
      // One message for every cause, so that guessing reveals nothing about existing keys.
      if (key === undefined || !timingSafeEqual(key.hash, hashApiKey(credential))) throw invalidKey()
      if (key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt.getTime() <= Date.now()))
        throw invalidKey()
      return { id: callerId('key', key.id), scopes: new Set(key.scopes) }
    },
  }
}

const invalidKey = () => new InvalidCredential('The API key is unknown, expired or revoked.')
