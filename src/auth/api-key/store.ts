import type { Database, QueryOptions } from '../../postgres/database.ts'

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

export type NewApiKey = Pick<ApiKey, 'id' | 'name' | 'scopes' | 'expiresAt'> & { readonly hash: Buffer }

/** API keys in Postgres. The server only calls `find`; `npm run api-key` calls the rest. */
export interface ApiKeyStore {
  find(id: string, options?: QueryOptions): Promise<(ApiKey & { readonly hash: Buffer }) | undefined>
  create(key: NewApiKey): Promise<void>
  /** Newest first. */
  list(): Promise<ApiKey[]>
  /** Resolves to the time of the first revocation; to undefined for an unknown id. */
  revoke(id: string): Promise<Date | undefined>
}

const columns =
  'id, name, scopes, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt"'

export function createApiKeyStore(database: Database): ApiKeyStore {
  return {
    async find(id, options) {
      const [key] = await database.query<ApiKey & { hash: Buffer }>(
        `select ${columns}, key_hash as hash from api_keys where id = $1`,
        [id],
        { ...options, reserved: true },
      )
      return key
    },

    async create({ id, name, hash, scopes, expiresAt }) {
      await database.query(
        'insert into api_keys (id, name, key_hash, scopes, expires_at) values ($1, $2, $3, $4, $5)',
        [id, name, hash, scopes, expiresAt],
      )
    },

    list: () => database.query<ApiKey>(`select ${columns} from api_keys order by created_at desc, id`),

    async revoke(id) {
      const [row] = await database.query<{ revokedAt: Date }>(
        `update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1
         returning revoked_at as "revokedAt"`,
        [id],
      )
      return row?.revokedAt
    },
  }
}
