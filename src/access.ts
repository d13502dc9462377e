import type { Router } from 'express'
import { createApiKeyAuthenticator } from './auth/api-key-authenticator.ts'
import { createApiKeyStore } from './auth/api-key-store.ts'
import type { Authenticator } from './auth/authenticator.ts'
import { fetchSigningKeys } from './auth/authorization-server.ts'
import { type Challenge, createChallenge } from './auth/challenge.ts'
import { createOAuthAuthenticator } from './auth/oauth-authenticator.ts'
import { createSigningKeys } from './auth/signing-keys.ts'
import type { AuthConfig, Config } from './config.ts'
import {
  type Authentication,
  createAuthentication,
  createAuthorization,
  withoutAuthentication,
} from './http/authentication.ts'
import { createResourceMetadata, resourceMetadataPath } from './http/resource-metadata.ts'
import type { Catalog } from './mcp/discover.ts'
import { allScopes, readingScopes } from './mcp/scopes.ts'
import type { Database } from './services/postgres.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Reject } from './telemetry/rejections.ts'
import { service } from './version.ts'

/** Who is let in, and to what, as `AUTH_MODE` says. */
export interface Access {
  readonly authenticate: Authentication
  readonly authorize: (scope: string) => Authentication
  /** How a refusal says what is missing. */
  readonly challenge: Challenge
  /** Tells clients who gives tokens for this server; only where tokens are asked for. */
  readonly resourceMetadata: Router | undefined
}

export interface AccessOptions {
  readonly config: Pick<Config, 'auth' | 'publicUrl'>
  readonly catalog: Catalog
  readonly database: Database
  readonly logger: Logger
  readonly reject: Reject
}

export function createAccess({ config, catalog, database, logger, reject }: AccessOptions): Access {
  const { auth, publicUrl } = config
  const isOAuth = auth.mode === 'oauth'
  const challenge = createChallenge(isOAuth ? `${publicUrl}${resourceMetadataPath}` : undefined)
  const authenticator = createAuthenticator(auth, { database, logger })
  return {
    challenge,
    authenticate:
      authenticator === undefined
        ? withoutAuthentication
        : createAuthentication({
            authenticator,
            challenge,
            scopes: readingScopes(catalog),
            reject,
            logger,
          }),
    authorize: createAuthorization({ challenge, reject }),
    resourceMetadata: isOAuth
      ? createResourceMetadata({
          resource: `${publicUrl}/mcp`,
          issuer: auth.issuer,
          scopes: allScopes(catalog),
          name: service.title,
        })
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
