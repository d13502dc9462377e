import { storeKey } from '../../support/api-keys.ts'
import { startAuthorizationServer } from '../../support/authorization-server.ts'
import { bearer } from '../../support/raw.ts'
import { scopes } from '../../support/sample-calls.ts'

export const authModes = ['none', 'api-key', 'oauth'] as const
export type AuthMode = (typeof authModes)[number]

/** A caller of its own for the server: own address on loopback and, unless authentication is off, own credential. */
export interface Caller {
  readonly address: string
  readonly credential: Readonly<Record<string, string>>
}

export interface Callers {
  /** Settings of a server that accepts the callers. */
  readonly env: Readonly<Record<string, string>>
  /** @param serverUrl the audience of an OAuth token */
  create(serverUrl: string): Promise<Caller>
}

let created = 0

/** An address of its own: Linux answers on all of 127.0.0.0/8. */
function nextAddress(): string {
  created++
  return `127.1.${created >> 8}.${created & 0xff}`
}

/** Callers without a special scope. */
export async function createCallers(mode: AuthMode, databaseUrl: string): Promise<Callers> {
  if (mode === 'none') return { env: {}, create: async () => ({ address: nextAddress(), credential: {} }) }
  if (mode === 'api-key')
    return {
      env: { AUTH_MODE: mode },
      async create() {
        const { key } = await storeKey(databaseUrl, scopes('reading').join(','))
        return { address: nextAddress(), credential: bearer(key) }
      },
    }
  const authorizationServer = await startAuthorizationServer()
  return {
    env: { AUTH_MODE: mode, OAUTH_ISSUER: authorizationServer.issuer },
    async create(serverUrl) {
      const address = nextAddress()
      const changes = { sub: address, scope: scopes('reading').join(' '), exp: Date.now() / 1_000 + 3_600 }
      const claims = authorizationServer.claims(`${serverUrl}/mcp`, changes)
      return { address, credential: bearer(await authorizationServer.forge(claims)) }
    },
  }
}
