import {
  type McpServer,
  ResourceNotFoundError,
  ResourceTemplate,
  type Variables,
} from '@modelcontextprotocol/server'
import { type Caller, isAllowed } from '../../auth/caller.ts'
import type { Resource, ResourceContext } from '../define/define-resource.ts'
import { composeCall, type Operation, type OperationCall, type Stage } from '../pipeline/pipeline.ts'
import { callOperation, type HandlerDependencies, handlerTimeoutMs } from './call-operation.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { thirdPartyText } from './third-party-text.ts'

/** The request-independent part of a resource family. */
interface PreparedFamily {
  readonly resource: Resource
  readonly read: OperationCall
  /** By variable of the template. */
  readonly complete: ReadonlyMap<string, OperationCall>
}

export interface PreparedResources {
  readonly families: readonly PreparedFamily[]
  readonly list: OperationCall
}

export function prepareResources(
  resources: readonly Resource[],
  stages: readonly Stage[],
): PreparedResources {
  const prepare = (operation: Omit<Operation, 'timeoutMs'>) =>
    composeCall(stages, { ...operation, timeoutMs: handlerTimeoutMs })
  return {
    families: resources.map((resource) => ({
      resource,
      read: prepare({
        name: 'resources/read',
        scopes: resource.scopes,
        run: (variables, context) => resource.read(variables as Record<string, string>, context),
      }),
      complete: new Map(
        Object.entries(resource.complete ?? {}).map(([variable, suggest]) => {
          const run: Operation['run'] = (value, context) => suggest(String(value), context)
          return [variable, prepare({ name: 'completion', scopes: resource.scopes, run })]
        }),
      ),
    })),
    list: prepare({
      name: 'resources/list',
      run: (cursor, context) =>
        listPage(visibleTo(context.caller, resources), cursor as string | undefined, context),
    }),
  }
}

export function registerResources(
  mcp: McpServer,
  { families, list }: PreparedResources,
  dependencies: HandlerDependencies,
): void {
  if (families.length === 0) return
  for (const family of families) registerFamily(mcp, family, dependencies)
  mcp.server.setRequestHandler('resources/list', ({ params }, { mcpReq }) =>
    callOperation<ListedPage>(list, params?.cursor, dependencies, mcpReq.signal),
  )
  const resources = families.map(({ resource }) => resource)
  serveTemplates(mcp, visibleTo(dependencies.caller, resources))
}

function registerFamily(
  mcp: McpServer,
  { resource, read, complete }: PreparedFamily,
  dependencies: HandlerDependencies,
): void {
  const { name, title, description, mimeType, uriTemplate, openWorld, ttlSeconds } = resource
  const suggestions = [...complete].map(([variable, call]) => [
    variable,
    async (value: string) => [...(await callOperation<readonly string[]>(call, value, dependencies))],
  ])
  // No prototype, because the SDK looks up names that clients send, such as `hasOwnProperty`.
  const lookup = Object.assign(Object.create(null), Object.fromEntries(suggestions))
  mcp.registerResource(
    name,
    new ResourceTemplate(uriTemplate, { list: undefined, complete: lookup }),
    { title, description, mimeType, cacheHint: { ttlMs: ttlSeconds * 1000, cacheScope: 'private' } },
    async (uri, variables, { mcpReq }) => {
      const found = await callOperation<Awaited<ReturnType<Resource['read']>>>(
        read,
        decoded(variables),
        dependencies,
        mcpReq.signal,
      )
      if (found === undefined) throw new ResourceNotFoundError(uri.toString())
      await dependencies.turns(found)
      const content = typeof found === 'string' ? { text: found } : { blob: toBase64(found) }
      const bytes = Buffer.byteLength(content.text ?? content.blob)
      const record = dependencies.observer.current()
      if (record) record.resultBytes = bytes
      return { contents: [{ uri: uri.toString(), mimeType, ...content, ...(openWorld && thirdPartyText) }] }
    },
  )
}

/** URIs have percent-encoded values (RFC 6570, section 3.2.1), and the SDK passes them on as they are. */
const decoded = (variables: Variables): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, decode(String(value))]))

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

const toBase64 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

const visibleTo = (caller: Caller, resources: readonly Resource[]): Resource[] =>
  resources.filter(({ scopes }) => isAllowed(caller, scopes))

type ListedPage = Awaited<ReturnType<typeof listPage>>

/** Replaces the SDK's unpaged listing, because a store may hold a million resources. Pages family after family. */
async function listPage(visible: readonly Resource[], cursor: string | undefined, context: ResourceContext) {
  const { family, after } = decodeCursor(cursor)
  const resource = visible[family]
  if (resource === undefined) return { resources: [] }
  const page = await resource.list({ after }, context)
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
}

/** Replaces the SDK's listing, which would show templates that the caller may not use. */
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
