import type { IncomingMessage, ServerResponse } from 'node:http'
import { createMcpHandler, type ServerEventBus } from '@modelcontextprotocol/server'
import type { Caller } from '../auth/caller.ts'
import type { Reject } from '../telemetry/rejections.ts'
import type { Admission, EarlyAdmission } from './admission/admission.ts'
import type { Sender } from './caller.ts'
import type { Cancellations } from './cancellation.ts'
import { createExchangeObservation } from './observe/exchanges.ts'
import { type BodyLimits, bodyLimits } from './read-body.ts'
import { toNodeListener } from './sdk/node-adapter.ts'
import { createStreamKeepAlive } from './sdk/stream-keep-alive.ts'
import { prepareServerInstances, type ServerInstanceOptions } from './server-instances.ts'

export interface EndpointOptions extends ServerInstanceOptions {
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
}

/** The MCP endpoint: one stateless handler for 2026-07-28 and the 2025 revisions. */
export interface Endpoint {
  /** @param onStream called when the response is a stream, which stays open */
  handle(req: IncomingMessage, res: ServerResponse, caller: Caller, onStream?: () => void): Promise<void>
  /** Ends open streams; calls continue. */
  endStreams(): Promise<void>
}

export function createEndpoint(options: EndpointOptions): Endpoint {
  const {
    observer,
    reject,
    bus,
    earlyAdmissions = [],
    admissions = [],
    bodies = bodyLimits(),
    addressOf = ({ socket }) => socket.remoteAddress ?? 'unknown',
    clientOf = ({ socket }) => ({ address: socket.remoteAddress, port: socket.remotePort }),
    cancellations,
    maxStreams,
    logger,
  } = options
  const exchanges = createExchangeObservation({ observer, reject })
  const createServer = prepareServerInstances(options)
  const keepAlive = createStreamKeepAlive()
  const createHandler = () =>
    createMcpHandler(createServer, {
      legacy: 'stateless',
      // `createStreamKeepAlive` replaces the SDK's keep-alive, which has a timer per stream.
      keepAliveMs: 0,
      bus: exchanges.observeBus(bus),
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
 * Bounds the ended calls that a handler's long-lived `Set` retains until the next full garbage collection
 * (docs/decisions/0063). Creating a handler takes 2 µs.
 */
const callsOfHandler = 100
