import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server'
import type { HomePageOptions } from '../pages/home-page.ts'
import type { PublicDocument } from './public-documents.ts'

export interface ServerCardOptions {
  readonly server: HomePageOptions['server']
  readonly publicUrl: string
  /** Whether clients send an API key; with OAuth they discover what to send. */
  readonly needsKey: boolean
}

const mediaType = 'application/mcp-server-card+json'
const maxAgeSeconds = 3600

/** Streamable HTTP exists since 2025-03-26. The SDK's list has the revisions that begin with `initialize`. */
const protocolVersions = ['2026-07-28', ...SUPPORTED_PROTOCOL_VERSIONS.filter((version) => version > '2025')]

const keyHeader = {
  name: 'Authorization',
  value: 'Bearer {api_key}',
  variables: { api_key: { description: 'API key of this server', isRequired: true, isSecret: true } },
}

/**
 * The server card (SEP-2127, schema v1) and the AI Catalog that links to it, both as defined by the Server Card
 * extension. The catalog's second path is that of earlier drafts, which clients still request.
 */
export function serverCard({ server, publicUrl, needsKey }: ServerCardOptions): PublicDocument[] {
  const { name, title, version, description } = server
  // Names allow neither the colons of an IPv6 address nor an underscore.
  const host = new URL(publicUrl).hostname.replace(/[^a-z0-9.-]+/g, '-')
  const card = {
    $schema: 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json',
    name: `${host.split('.').reverse().join('.')}/${name}`,
    title,
    description,
    version,
    websiteUrl: publicUrl,
    remotes: [
      {
        type: 'streamable-http',
        url: `${publicUrl}/mcp`,
        supportedProtocolVersions: protocolVersions,
        ...(needsKey && { headers: [keyHeader] }),
      },
    ],
  }
  const identifier = `urn:air:${host}:mcp:${name}`
  const catalog = {
    specVersion: '1.0',
    entries: [{ identifier, displayName: title, type: mediaType, url: `${publicUrl}/mcp/server-card` }],
  }
  return [
    { paths: ['/mcp/server-card'], mediaType, maxAgeSeconds, content: card },
    {
      paths: ['/.well-known/ai-catalog.json', '/.well-known/mcp/catalog.json'],
      mediaType: 'application/ai-catalog+json',
      maxAgeSeconds,
      content: catalog,
    },
  ]
}
