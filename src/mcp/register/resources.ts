import { type McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server'
import { isAllowed } from '../../auth/caller.ts'
import type { Resource } from '../define/define-resource.ts'
import { type HandlerDependencies, handled } from '../pipeline/handled.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

export function registerResources(
  mcp: McpServer,
  resources: readonly Resource[],
  dependencies: HandlerDependencies,
): void {
  for (const resource of resources) registerResource(mcp, resource, dependencies)
  if (resources.length === 0) return
  const visible = resources.filter(({ scope }) => isAllowed(dependencies.caller, scope))
  serveListInPages(mcp, visible, dependencies)
  serveTemplates(mcp, visible)
}

function registerResource(mcp: McpServer, resource: Resource, dependencies: HandlerDependencies): void {
  const { services, caller, observer } = dependencies
  const { name, title, description, mimeType, uriTemplate, scope, ttlSeconds } = resource
  const suggestions = Object.fromEntries(
    Object.entries(resource.complete).map(([variable, suggest]) => [
      variable,
      (value: string) =>
        handled({ observer, caller, scope, what: 'completion' }, async (signal) => [
          ...(await suggest(value, { services, signal })),
        ]),
    ]),
  )
  // The SDK looks up a name that the client sent: `hasOwnProperty` must find nothing.
  const complete = Object.assign(Object.create(null), suggestions)
  mcp.registerResource(
    name,
    new ResourceTemplate(uriTemplate, { list: undefined, complete }),
    { title, description, mimeType, cacheHint: { ttlMs: ttlSeconds * 1000, cacheScope: 'private' } },
    (uri, variables, { mcpReq }) => {
      const options = { observer, signal: mcpReq.signal, caller, scope, what: 'resources/read' }
      return handled(options, async (signal) => {
        const text = await resource.read(variables as Record<string, string>, { services, signal })
        if (text === undefined) throw new ResourceNotFoundError(uri.toString())
        const record = observer.current()
        if (record) record.resultBytes = Buffer.byteLength(text)
        return { contents: [{ uri: uri.toString(), mimeType, text }] }
      })
    },
  )
}

/** The SDK lists resources in one piece; a store may hold a million, so they come in pages, family after family. */
function serveListInPages(
  mcp: McpServer,
  visible: readonly Resource[],
  { services, caller, observer }: HandlerDependencies,
): void {
  mcp.server.setRequestHandler('resources/list', ({ params }, { mcpReq }) => {
    const options = { observer, signal: mcpReq.signal, caller, what: 'resources/list' }
    return handled(options, async (signal) => {
      const { family, after } = decodeCursor(params?.cursor)
      const resource = visible[family]
      if (resource === undefined) return { resources: [] }
      const page = await resource.list({ after }, { services, signal })
      const following =
        page.next === undefined ? { family: family + 1, after: undefined } : { family, after: page.next }
      return {
        resources: page.resources.map(({ lastModified, ...entry }) => ({
          ...entry,
          mimeType: resource.mimeType,
          ...(lastModified && { annotations: { lastModified: lastModified.toISOString() } }),
        })),
        ...(following.family < visible.length && { nextCursor: encodeCursor(following) }),
      }
    })
  })
}

/** The SDK lists the templates of all; callers see those that they may use. */
function serveTemplates(mcp: McpServer, visible: readonly Resource[]): void {
  const resourceTemplates = visible.map(({ name, title, description, mimeType, uriTemplate }) => ({
    name,
    title,
    description,
    mimeType,
    uriTemplate,
  }))
  mcp.server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }))
}
