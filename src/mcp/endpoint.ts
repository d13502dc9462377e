import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createMcpHandler,
  type McpRequestContext,
  McpServer,
  Server,
  type ServerEventBus,
  type ServerOptions,
} from '@modelcontextprotocol/server'
import type { Caller } from '../auth/caller.ts'
import type { Services } from '../domain.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Observer } from '../telemetry/observer.ts'
import type { Reject } from '../telemetry/rejections.ts'
import type { Admission, EarlyAdmission } from './admission/admission.ts'
import { callerOf, type Sender } from './caller.ts'
import type { Cancellations } from './cancellation.ts'
import type { Catalog } from './catalog.ts'
import type { Message } from './message.ts'
import { createExchangeObservation, exchangeIn } from './observe/exchanges.ts'
import { observeMessages } from './observe/messages.ts'
import type { Stage } from './pipeline/pipeline.ts'
import { type BodyLimits, defaultBodyLimits } from './read-body.ts'
import type { HandlerDependencies } from './register/call-operation.ts'
import { preparePrompt, registerPrompt } from './register/prompts.ts'
import { prepareResources, registerResources } from './register/resources.ts'
import { hasParamHeaders, prepareTool, registerTool, serveTool, serveToolList } from './register/tools.ts'
import { createTurns } from './register/turns.ts'
import { correctParamErrors } from './sdk/invalid-params.ts'
import { toNodeListener } from './sdk/node-adapter.ts'
import { createStreamKeepAlive } from './sdk/stream-keep-alive.ts'

export interface EndpointOptions {
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
  readonly reject: Reject
  readonly bus: ServerEventBus
  /** Admission control, in this order, before the body is read. */
  readonly earlyAdmissions?: readonly EarlyAdmission[]
  /** Admission control, in this order, after the body is read. */
  readonly admissions?: readonly Admission[]
  readonly bodies?: BodyLimits
  /** Distinguishes anonymous callers; by default the address of the connection. */
  readonly addressOf?: (req: IncomingMessage) => string
  /** Address and port for traces; by default those of the connection. */
  readonly clientOf?: (req: IncomingMessage) => Sender['client']
  /** Cancellation by `notifications/cancelled`; without it, only by closing the connection. */
  readonly cancellations?: Cancellations
  /** Maximum open streams; the SDK's default if omitted. */
  readonly maxStreams?: number
  readonly logger: Logger
  /** Verifies the state that a client returns for an unfinished call; throws to reject it (SDK: `requestState.verify`). */
  readonly requestState?: ServerOptions['requestState']
  /** Registers features that the `define*` functions cannot express, on each request's server. */
  readonly extend?: (mcp: McpServer) => void
}

/** The MCP endpoint: one stateless handler for 2026-07-28 and the 2025 revisions. */
export interface Endpoint {
  /** @param onStream called when the response is a stream, which stays open */
  handle(req: IncomingMessage, res: ServerResponse, caller: Caller, onStream?: () => void): Promise<void>
  /** Ends open streams; calls continue. */
  endStreams(): Promise<void>
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

export function createEndpoint(options: EndpointOptions): Endpoint {
  const {
    server,
    instructions,
    catalog,
    stages,
    services,
    observer,
    reject,
    bus,
    earlyAdmissions = [],
    admissions = [],
    bodies = defaultBodyLimits,
    addressOf = ({ socket }) => socket.remoteAddress ?? 'unknown',
    clientOf = ({ socket }) => ({ address: socket.remoteAddress, port: socket.remotePort }),
    cancellations,
    maxStreams,
    logger,
    requestState,
    extend,
  } = options
  const exchanges = createExchangeObservation({ observer, reject })
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

  /** Only a complete server has what `extend` registers, and compares arguments with their headers. */
  function toToolsRequest({ method, name }: Partial<Message> = {}): ToolsRequest | undefined {
    if (extend) return undefined
    if (method === 'tools/list') return { method }
    if (method !== 'tools/call' || name === undefined || withParamHeaders.has(name)) return undefined
    return { method, name }
  }

  const keepAlive = createStreamKeepAlive()
  const createHandler = () =>
    createMcpHandler(createServer, {
      legacy: 'stateless',
      // `createStreamKeepAlive` replaces the SDK's keep-alive, which has a timer per stream.
      keepAliveMs: 0,
      bus: exchanges.observed(bus),
      ...(maxStreams !== undefined && { maxSubscriptions: maxStreams }),
      // Rejections are observed by their responses; other SDK errors are reported only here.
      onerror: (error) => logger.debug('mcp handler error', { function: 'onerror', error }),
    })
  // Workaround: the SDK ends streams only by closing their handler, which aborts calls too; so calls have their own.
  const streams = createHandler()
  let calls = createHandler()
  let callsLeft = callsOfHandler
  function handlerOfCalls() {
    if (callsLeft === 0) {
      calls = createHandler()
      callsLeft = callsOfHandler
    }
    callsLeft--
    return calls
  }
  const handle = exchanges.observe(({ isListen }) => (isListen ? streams : handlerOfCalls()).fetch)
  return {
    handle: toNodeListener(handle, {
      earlyAdmissions,
      admissions,
      bodies,
      addressOf,
      clientOf,
      cancellations,
      reject,
      keepAlive,
    }),
    async endStreams() {
      keepAlive.close()
      await streams.close()
    },
  }
}

/**
 * A handler has a set of its running calls, and V8 keeps what a set held that outlives a full garbage collection
 * (docs/decisions/0063). Creating a handler takes 2 µs.
 */
const callsOfHandler = 100

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
