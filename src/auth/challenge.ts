export interface ChallengeParameters {
  /** RFC 6750, section 3.1; left out where no credential was sent at all. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope'
  readonly description?: string
  /** What a credential needs to have. */
  readonly scopes?: readonly string[]
}

/** Makes the value of a `WWW-Authenticate` header, which tells a client what to come back with. */
export type Challenge = (parameters: ChallengeParameters) => string

/**
 * @param resourceMetadataUrl where clients read which authorization server gives tokens (RFC 9728, section
 * 5.1); keys that a person hands out have none
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
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
    return `Bearer ${given.map(([name, value]) => `${name}="${quotable(String(value))}"`).join(', ')}`
  }
}

/** The values may hold printable ASCII without quotation marks and backslashes (RFC 6750, section 3). */
const quotable = (text: string): string => text.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?')
