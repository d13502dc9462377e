export interface ChallengeParameters {
  /** RFC 6750, section 3.1; omitted if the request had no credential. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope'
  readonly description?: string
  /** Scopes that the next credential must have. */
  readonly scopes?: readonly string[]
}

/** Builds the value of a `WWW-Authenticate` header. */
export type Challenge = (parameters: ChallengeParameters) => string

/**
 * Creates `Bearer` challenges (RFC 6750, section 3).
 * @param resourceMetadataUrl URL of the protected resource metadata (RFC 9728, section 5.1); undefined for API keys
 */
export function createChallenge(resourceMetadataUrl?: string): Challenge {
  return ({ error, description, scopes = [] }) => {
    const parameters = {
      realm: 'mcp',
      resource_metadata: resourceMetadataUrl,
      error,
      error_description: description,
      scope: scopes.length > 0 ? scopes.join(' ') : undefined,
    }
    const present = Object.entries(parameters).filter(([, value]) => value !== undefined)
    return `Bearer ${present.map(([name, value]) => `${name}="${toQuotable(String(value))}"`).join(', ')}`
  }
}

/** Values are printable ASCII without quotation marks and backslashes (RFC 6750, section 3). */
const toQuotable = (text: string): string => text.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?')
