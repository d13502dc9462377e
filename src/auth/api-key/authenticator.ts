import { timingSafeEqual } from 'node:crypto'
import { withDeadline } from '../../lib/deadline.ts'
import { createShortCache, type ShortCacheOptions } from '../../lib/short-cache.ts'
import { type Authenticator, InvalidCredential } from '../authenticator.ts'
import { callerId } from '../caller.ts'
import { apiKeyId, hashApiKey } from './api-key.ts'
import type { ApiKeyStore } from './store.ts'

/**
 * How long a replica goes on with what it has read about a key: so long a revoked key may still work, and
 * so long a known one works while Postgres is away. About unknown keys, which anybody can make up, just as long.
 */
const remembered: ShortCacheOptions = { ttlMs: 5_000, maxEntries: 10_000 }
const lookupTimeoutMs = 2_000

/** Knows callers by the API keys in the store. */
export function createApiKeyAuthenticator(
  store: Pick<ApiKeyStore, 'find'>,
  cacheOptions = remembered,
): Authenticator {
  const known = createShortCache<Awaited<ReturnType<ApiKeyStore['find']>>>(cacheOptions)

  const find = (id: string) =>
    known.get(id, () =>
      withDeadline({ timeoutMs: lookupTimeoutMs, operation: 'The look-up of the key' }, (signal) =>
        store.find(id, { signal }),
      ),
    )

  return {
    async authenticate(credential) {
      const id = apiKeyId(credential)
      const key = id === undefined ? undefined : await find(id)
      // One answer for all that is wrong with a key: whoever guesses learns nothing of those that exist.
      if (key === undefined || !timingSafeEqual(key.hash, hashApiKey(credential))) throw refused()
      if (key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt.getTime() <= Date.now()))
        throw refused()
      return { id: callerId('key', key.id), scopes: new Set(key.scopes) }
    },
  }
}

const refused = () => new InvalidCredential('The API key is unknown, expired or revoked.')
