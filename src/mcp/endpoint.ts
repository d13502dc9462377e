import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createMcpHandler,
  type McpRequestContext,
  McpServer,
  type ServerEventBus,
  type ServerOptions,
} from '@modelcontextprotocol/server'
import type { Caller } from '../auth/caller.ts'
import type { Services } from '../domain.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Observer } from '../telemetry/observer.ts'
import type { Reject } from '../telemetry/rejections.ts'
import type { Admission } from './admission/admission.ts'
import { callerOf } from './caller.ts'
import type { Catalog } from './catalog.ts'
import type { Message } from './message.ts'
import { createExchangeObservation } from './observe/exchanges.ts'
import { observeMessages } from './observe/messages.ts'
import type { Stage } from './pipeline/pipeline.ts'
import { preparePrompt, registerPrompt } from './register/prompts.ts'
import { prepareResources, registerResources } from './register/resources.ts'
import { listTools, prepareTool, registerTool } from './register/tools.ts'
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
  /** Tells a model what this server is good for. */
  readonly instructions: string
  readonly catalog: Catalog
  /** The way of a tool call, outermost first. */
  readonly stages: readonly Stage[]
  readonly services: Services
  readonly observer: Observer
  readonly reject: Reject
  readonly bus: ServerEventBus
  /** Who is let in, asked in this order once a request has been read. */
  readonly admissions?: readonly Admission[]
  /** Streams that the SDK keeps open at most; unless told, its own number. */
  readonly maxStreams?: number
  readonly logger: Logger
  /** Refuses, by throwing, what a client brings back as the state of an unfinished call (SDK: `requestState.verify`). */
  readonly requestState?: ServerOptions['requestState']
  /** Registers what the `define*` functions can't express, on each request's fresh server. */
  readonly extend?: (mcp: McpServer) => void
}

/** The MCP endpoint: answers clients of both protocol eras from one stateless handler. */
export interface Endpoint {
  handle(req: IncomingMessage, res: ServerResponse, caller: Caller): Promise<void>
  /** Ends open streams; calls go on. */
  endStreams(): Promise<void>
}

/** What clients may keep of lists, which change with a deployment only. */
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
/** A list that was made for one caller must not be handed on to another. */
const ownCacheHints = cacheHintsFor('private')

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
    admissions = [],
    maxStreams,
    logger,
    requestState,
    extend,
  } = options
  const exchanges = createExchangeObservation({ observer, reject })
  const toolNames = new Set(catalog.tools.map(({ name }) => name))
  const tools = new Map(catalog.tools.map((tool) => [tool.name, prepareTool(tool, stages)]))
  const prompts = catalog.prompts.map((prompt) => preparePrompt(prompt, stages))
  const resources = prepareResources(catalog.resources, stages)
  const common = { instructions, ...(requestState && { requestState }) }

  /** The SDK wants a fresh server per request; all that is costly was prepared above. */
  function createServer(context: McpRequestContext): McpServer {
    const caller = callerOf(context.authInfo)
    const cacheHints = caller.scopes === 'all' ? sharedCacheHints : ownCacheHints
    const wanted = wantedOfTools(exchanges.bodyOf(context.requestInfo)?.single)
    // What `extend` registers is in no list but the SDK's.
    const alone = wanted !== undefined && !(wanted.method === 'tools/list' && extend)
    const mcp = new McpServer(server, {
      ...common,
      capabilities: alone ? toolsAlone : capabilitiesOf(context.era),
      ...(wanted?.method !== 'tools/call' && { cacheHints }),
    })
    observeMessages(mcp, context, {
      observer,
      tools: toolNames,
      onDispatch: exchanges.onDispatch,
    })
    correctParamErrors(mcp)
    const dependencies = { services, caller, observer }
    if (!alone) {
      for (const tool of tools.values()) registerTool(mcp, tool, dependencies)
      registerResources(mcp, resources, dependencies)
      for (const prompt of prompts) registerPrompt(mcp, prompt, dependencies)
    } else if (wanted.method === 'tools/list') {
      listTools(mcp, tools.values(), caller)
    } else {
      const tool = tools.get(wanted.name)
      if (tool) registerTool(mcp, tool, dependencies)
    }
    extend?.(mcp)
    return mcp
  }

  const keepAlive = createStreamKeepAlive()
  const createHandler = () =>
    createMcpHandler(createServer, {
      legacy: 'stateless',
      // Not by the SDK, which has a timer for each stream.
      keepAliveMs: 0,
      bus: exchanges.observed(bus),
      ...(maxStreams !== undefined && { maxSubscriptions: maxStreams }),
      // Refused requests are reported by their answers; what else goes wrong inside of the SDK is only told here.
      onerror: (error) => logger.debug('mcp handler reports', { function: 'onerror', error }),
    })
  // The SDK ends streams by closing their handler, which breaks off calls too: so calls have one of their own.
  const calls = createHandler()
  const streams = createHandler()
  const handle = exchanges.observe(({ isListen }) => (isListen ? streams : calls).fetch)
  return {
    handle: toNodeListener(handle, { admissions, reject, keepAlive }),
    async endStreams() {
      keepAlive.close()
      await streams.close()
    },
  }
}

const toolsAlone = { tools: { listChanged: false } }

type WantedOfTools =
  | { readonly method: 'tools/list' }
  | { readonly method: 'tools/call'; readonly name: string }

/**
 * What a request wants that is one `tools/list` or one `tools/call` and nothing else. A server for a call needs the
 * one tool only, and one for the list none: no other handler is reachable from this request.
 */
function wantedOfTools(message: Message | undefined): WantedOfTools | undefined {
  const { method, name } = message ?? {}
  if (method === 'tools/list') return { method }
  return method === 'tools/call' && name !== undefined ? { method, name } : undefined
}

/**
 * Documents come and go, and a modern client can listen for that. A 2025 client can't: its notifications
 * need a session, and any replica answers any request here. So nothing is promised to it.
 */
function capabilitiesOf(era: McpRequestContext['era']) {
  const changes = era === 'modern'
  return {
    tools: { listChanged: false },
    prompts: { listChanged: false },
    resources: { listChanged: changes, subscribe: changes },
    completions: {},
  }
}
