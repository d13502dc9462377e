import type { PublicDocument } from './public-documents.ts'

export interface ResourceMetadataOptions {
  /** URL of the MCP endpoint. */
  readonly resource: string
  readonly issuer: string
  readonly scopes: readonly string[]
  readonly name: string
}

const wellKnown = '/.well-known/oauth-protected-resource'

/** Where clients look for the metadata of a resource (RFC 9728, section 3.1). */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource)
  return `${origin}${wellKnown}${pathname}`
}

/** Protected resource metadata (RFC 9728): names the authorization server. */
export function resourceMetadata({
  resource,
  issuer,
  scopes,
  name,
}: ResourceMetadataOptions): PublicDocument {
  return {
    paths: [new URL(resourceMetadataUrl(resource)).pathname, wellKnown],
    mediaType: 'application/json; charset=utf-8',
    maxAgeSeconds: 300,
    content: {
      resource,
      authorization_servers: [issuer],
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
      resource_name: name,
    },
  }
}
