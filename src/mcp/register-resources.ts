import { type McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server'
import type { Services } from '../services/services.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { Resource } from './define-resource.ts'
import type { OpenRecords } from './observe-messages.ts'
import { completionTimeoutMs, withProtocolErrors } from './protocol-error.ts'

interface Dependencies {
  readonly services: Services
  readonly records: OpenRecords
}

export function registerResources(
  mcp: McpServer,
  resources: readonly Resource[],
  dependencies: Dependencies,
): void {
  for (const resource of resources) registerResource(mcp, resource, dependencies)
  if (resources.length > 0) serveListInPages(mcp, resources, dependencies)
}

function registerResource(mcp: McpServer, resource: Resource, { services, records }: Dependencies): void {
  const { name, title, description, mimeType, uriTemplate, ttlSeconds } = resource
  const complete = Object.fromEntries(
    Object.entries(resource.complete).map(([variable, suggest]) => [
      variable,
      (value: string) =>
        withProtocolErrors(undefined, async () => [
          ...(await suggest(value, { services, signal: AbortSignal.timeout(completionTimeoutMs) })),
        ]),
    ]),
  )
  mcp.registerResource(
    name,
    new ResourceTemplate(uriTemplate, { list: undefined, complete }),
    { title, description, mimeType, cacheHint: { ttlMs: ttlSeconds * 1000, cacheScope: 'private' } },
    (uri, variables, { mcpReq }) => {
      const record = records.get(mcpReq.id)
      return withProtocolErrors(record, async () => {
        const text = await resource.read(variables as Record<string, string>, {
          services,
          signal: mcpReq.signal,
        })
        if (text === undefined) throw new ResourceNotFoundError(uri.toString())
        if (record) record.resultBytes = Buffer.byteLength(text)
        return { contents: [{ uri: uri.toString(), mimeType, text }] }
      })
    },
  )
}

/** The SDK lists resources in one piece; a store may hold a million, so they come in pages, family after family. */
function serveListInPages(
  mcp: McpServer,
  resources: readonly Resource[],
  { services, records }: Dependencies,
): void {
  mcp.server.setRequestHandler('resources/list', ({ params }, { mcpReq }) =>
    withProtocolErrors(records.get(mcpReq.id), async () => {
      const { family, after } = decodeCursor(params?.cursor)
      const resource = resources[family]
      if (resource === undefined) return { resources: [] }
      const page = await resource.list({ after }, { services, signal: mcpReq.signal })
      const following =
        page.next === undefined ? { family: family + 1, after: undefined } : { family, after: page.next }
      return {
        resources: page.resources.map(({ lastModified, ...entry }) => ({
          ...entry,
          mimeType: resource.mimeType,
          ...(lastModified && { annotations: { lastModified: lastModified.toISOString() } }),
        })),
        ...(following.family < resources.length && { nextCursor: encodeCursor(following) }),
      }
    }),
  )
}
