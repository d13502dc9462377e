import { createApiKeyAuthenticator } from '../../auth/api-key/authenticator.ts'
import { createApiKeyStore } from '../../auth/api-key/store.ts'
import type { Authenticator } from '../../auth/authenticator.ts'
import { type Challenge, createChallenge } from '../../auth/challenge.ts'
import { createOAuthAuthenticator } from '../../auth/oauth/authenticator.ts'
import { fetchSigningKeys } from '../../auth/oauth/authorization-server.ts'
import { createSigningKeys } from '../../auth/oauth/signing-keys.ts'
import type { AuthConfig, Config } from '../../config/config.ts'
import { service } from '../../config/package.ts'
import type { Database } from '../../postgres/database.ts'
import type { Logger } from '../../telemetry/log/logger.ts'
import type { Reject } from '../../telemetry/rejections.ts'
import {
  type Authentication,
  createAuthentication,
  createAuthorization,
  withoutAuthentication,
} from './authentication.ts'
import type { PublicDocument } from './public-documents.ts'
import { resourceMetadata, resourceMetadataUrl } from './resource-metadata.ts'

/** Authentication and authorization for the configured `AUTH_MODE`. */
export interface Access {
  readonly authenticate: Authentication
  readonly authorize: (scope: string) => Authentication
  readonly challenge: Challenge
  /** Clients can request further scopes; only with OAuth. */
  readonly canStepUp: boolean
  /** Protected resource metadata; only with OAuth. */
  readonly resourceMetadata: PublicDocument | undefined
}

export interface AccessOptions {
  readonly config: Pick<Config, 'auth' | 'publicUrl'>
  /** `initial` scopes are requested at login, `all` are advertised in the metadata. */
  readonly scopes: { readonly initial: readonly string[]; readonly all: readonly string[] }
  readonly database: Database
  readonly logger: Logger
  readonly reject: Reject
}

export function createAccess({ config, scopes, database, logger, reject }: AccessOptions): Access {
  const { auth, publicUrl } = config
  const isOAuth = auth.mode === 'oauth'
  const resource = `${publicUrl}/mcp`
  const challenge = createChallenge(isOAuth ? resourceMetadataUrl(resource) : undefined)
  const authenticator = createAuthenticator(auth, { database, logger })
  return {
    challenge,
    canStepUp: isOAuth,
    authenticate:
      authenticator === undefined
        ? withoutAuthentication
        : createAuthentication({ authenticator, challenge, scopes: scopes.initial, reject, logger }),
    authorize: createAuthorization({ challenge, reject }),
    resourceMetadata: isOAuth
      ? resourceMetadata({ resource, issuer: auth.issuer, scopes: scopes.all, name: service.title })
      : undefined,
  }
}

function createAuthenticator(
  auth: AuthConfig,
  { database, logger }: Pick<AccessOptions, 'database' | 'logger'>,
): Authenticator | undefined {
  switch (auth.mode) {
    case 'none':
      return undefined
    case 'api-key':
      return createApiKeyAuthenticator(createApiKeyStore(database))
    case 'oauth':
      return createOAuthAuthenticator({
        ...auth,
        keys: createSigningKeys({ fetchKeys: () => fetchSigningKeys(auth), logger }),
      })
  }
}
