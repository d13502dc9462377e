import { type McpRequestContext, McpServer, Server, type ServerOptions } from '@modelcontextprotocol/server'
import type { Caller } from '../auth/caller.ts'
import type { Services } from '../domain.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Observer } from '../telemetry/observer.ts'
import { callerOf } from './caller.ts'
import type { Catalog } from './catalog.ts'
import type { Message } from './message.ts'
import { exchangeIn } from './observe/exchanges.ts'
import { observeMessages } from './observe/messages.ts'
import type { Stage } from './pipeline/pipeline.ts'
import type { HandlerDependencies } from './register/call-operation.ts'
import { preparePrompt, registerPrompt } from './register/prompts.ts'
import { prepareResources, registerResources } from './register/resources.ts'
import { hasParamHeaders, prepareTool, registerTool, serveTool, serveToolList } from './register/tools.ts'
import { createTurns } from './register/turns.ts'
import { correctParamErrors } from './sdk/invalid-params.ts'

export interface ServerInstanceOptions {
  readonly server: {
    readonly name: string
    readonly title: string
    readonly version: string
    readonly websiteUrl: string
  }
  /** For the model: what this server is good for. */
  readonly instructions: string
  readonly catalog: Catalog
  /** Pipeline stages, outermost first. */
  readonly stages: readonly Stage[]
  readonly services: Services
  readonly observer: Observer
  readonly logger: Logger
  /** The SDK's option: `verify` throws to reject the state that a client returns for an unfinished call. */
  readonly requestState?: ServerOptions['requestState']
  /** Registers features that the `define*` functions cannot express, on each request's server. */
  readonly extend?: (mcp: McpServer) => void
}

/** Client-side caching of lists, which change only with a deployment. */
const cacheHintsFor = (cacheScope: 'public' | 'private') => {
  const listHint = { ttlMs: 300_000, cacheScope }
  return {
    'server/discover': listHint,
    'tools/list': listHint,
    'prompts/list': listHint,
    'resources/templates/list': listHint,
  }
}
const sharedCacheHints = cacheHintsFor('public')
/** Lists depend on the caller's scopes, so shared caches must not store them. */
const ownCacheHints = cacheHintsFor('private')
const cacheHintsOf = ({ scopes }: Caller) => (scopes === 'all' ? sharedCacheHints : ownCacheHints)

/** @returns a factory for a request's server instance, with the handlers that the request can reach */
export function prepareServerInstances({
  server,
  instructions,
  catalog,
  stages,
  services,
  observer,
  logger,
  requestState,
  extend,
}: ServerInstanceOptions): (context: McpRequestContext) => McpServer | Server {
  const namesOf = (definitions: readonly { readonly name: string }[]) =>
    new Set(definitions.map(({ name }) => name))
  const known = { tools: namesOf(catalog.tools), prompts: namesOf(catalog.prompts) }
  const tools = new Map(catalog.tools.map((tool) => [tool.name, prepareTool(tool, stages)]))
  const withParamHeaders = namesOf([...tools.values()].filter(hasParamHeaders))
  const prompts = catalog.prompts.map((prompt) => preparePrompt(prompt, stages))
  const resources = prepareResources(catalog.resources, stages)
  const completes = [...catalog.prompts, ...catalog.resources].some(({ complete }) => complete !== undefined)
  const turns = createTurns()

  /** The SDK requires a new server per request; expensive parts are prepared above. */
  function createServer(context: McpRequestContext): McpServer | Server {
    const exchange = exchangeIn(context.authInfo)
    const caller = callerOf(context.authInfo)
    const dependencies = { services, caller, observer, turns, logger }
    const request = toToolsRequest(exchange?.body.single)
    const created = request
      ? createToolsServer(request, dependencies)
      : createCompleteServer(context.era, dependencies)
    observeMessages(created, context, {
      observer,
      known,
      onDispatch() {
        if (exchange) exchange.dispatched = true
      },
    })
    correctParamErrors(created)
    return created
  }

  function createCompleteServer(era: McpRequestContext['era'], dependencies: HandlerDependencies): McpServer {
    const mcp = new McpServer(server, {
      instructions,
      capabilities: capabilitiesOf(era, completes),
      cacheHints: cacheHintsOf(dependencies.caller),
      ...(requestState && { requestState }),
    })
    for (const tool of tools.values()) registerTool(mcp, tool, dependencies)
    registerResources(mcp, resources, dependencies)
    for (const prompt of prompts) registerPrompt(mcp, prompt, dependencies)
    extend?.(mcp)
    return mcp
  }

  /**
   * Fast path: a request that is a single `tools/list` or `tools/call` needs one handler, because no other is reachable
   * from it. Registering a tool would also keep each call's objects until the next full garbage collection
   * (docs/decisions/0063).
   */
  function createToolsServer(request: ToolsRequest, dependencies: HandlerDependencies): Server {
    const isList = request.method === 'tools/list'
    const low = new Server(server, {
      instructions,
      capabilities: toolsCapabilities,
      ...(isList && { cacheHints: cacheHintsOf(dependencies.caller) }),
      ...(requestState && { requestState }),
    })
    if (isList) serveToolList(low, tools.values(), dependencies.caller)
    else serveTool(low, tools.get(request.name), dependencies)
    return low
  }

  /** `extend` and the SDK's check of arguments against their headers need a complete server. */
  function toToolsRequest({ method, name }: Partial<Message> = {}): ToolsRequest | undefined {
    if (extend) return undefined
    if (method === 'tools/list') return { method }
    if (method !== 'tools/call' || name === undefined || withParamHeaders.has(name)) return undefined
    return { method, name }
  }

  return createServer
}

const toolsCapabilities = { tools: { listChanged: false } }

type ToolsRequest =
  | { readonly method: 'tools/list' }
  | { readonly method: 'tools/call'; readonly name: string }

/**
 * Resource change notifications exist for 2026-07-28 only: in the 2025 revisions they need a session, and this
 * server is stateless.
 */
function capabilitiesOf(era: McpRequestContext['era'], completes: boolean) {
  const changes = era === 'modern'
  return {
    tools: { listChanged: false },
    prompts: { listChanged: false },
    resources: { listChanged: changes, subscribe: changes },
    ...(completes && { completions: {} }),
  }
}
