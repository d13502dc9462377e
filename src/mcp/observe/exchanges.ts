import { AsyncLocalStorage } from 'node:async_hooks'
import type { AuthInfo, McpHttpHandler, ServerEventBus } from '@modelcontextprotocol/server'
import type { MessageRecord, Observer } from '../../telemetry/observer.ts'
import type { Reject, RejectionReason } from '../../telemetry/rejections.ts'
import { type Sender, senderIn } from '../caller.ts'
import { type Body, toMessage } from '../message.ts'
import { describeMessage } from './describe-message.ts'

type Fetch = McpHttpHandler['fetch']
/** The SDK's handler, with the body parsed by this server. */
export type Handle = (request: Request, options: Parameters<Fetch>[1], body: Body) => Promise<Response>

/** One HTTP request and its response. */
export interface Exchange {
  readonly request: Request
  readonly body: Body
  readonly sender: Sender | undefined
  /** Whether the request has reached a server instance, so it was not rejected. */
  dispatched: boolean
  stream?: MessageRecord
}

/** The exchange of a request, which the SDK passes on with its sender. */
export const exchangeIn = (authInfo: AuthInfo | undefined): Exchange | undefined =>
  authInfo?.extra?.exchange as Exchange | undefined

/**
 * Observes requests that never reach a server instance: those that the SDK rejects, and `subscriptions/listen`, which
 * it handles itself.
 */
export interface ExchangeObservation {
  /** @param fetchFor selects the SDK's handler for a body */
  observe(fetchFor: (body: Body) => Fetch): Handle
  /** Wraps the bus to observe streams, which are open as long as they are subscribed. */
  observeBus(bus: ServerEventBus): ServerEventBus
}

export function createExchangeObservation({
  observer,
  reject,
}: {
  observer: Observer
  reject: Reject
}): ExchangeObservation {
  /** The exchange of a `subscriptions/listen`, which reaches no server instance. */
  const listening = new AsyncLocalStorage<Exchange>()

  const startRecord = ({ body, request: { headers }, sender }: Exchange, kind: MessageRecord['kind']) =>
    observer.start(describeMessage(toMessage(body.json), { era: 'modern', headers, sender, kind }))

  async function conclude(exchange: Exchange, response: Response): Promise<void> {
    if (exchange.dispatched || exchange.stream !== undefined) return
    const error = await errorOf(response)
    if (error === undefined) return
    const { sender, request } = exchange
    const { headers } = request
    if (response.status === 200) {
      // A listen request that failed with a JSON-RPC error.
      const record = startRecord(exchange, 'call')
      record.rpcError = error
      observer.end(record)
      return
    }
    const requestId = headers.get('x-request-id') ?? undefined
    reject({
      reason: reasonOf(response.status, error.code),
      httpStatus: response.status,
      requestId,
      caller: sender?.caller.id,
      message: error.message,
    })
  }

  return {
    observe: (fetchFor) => async (request, options, body) => {
      const sender = senderIn(options?.authInfo)
      const exchange: Exchange = { request, body, sender, dispatched: false }
      Object.assign(options?.authInfo?.extra ?? {}, { exchange })
      const work = () => fetchFor(body)(request, options)
      const response = await (body.isListen ? listening.run(exchange, work) : work())
      await conclude(exchange, response)
      return response
    },

    observeBus: (bus) => ({
      publish: (event) => bus.publish(event),
      subscribe(listener) {
        const unsubscribe = bus.subscribe(listener)
        const exchange = listening.getStore()
        if (exchange === undefined) return unsubscribe
        const record = startRecord(exchange, 'stream')
        exchange.stream = record
        return () => {
          unsubscribe()
          observer.end(record)
        }
      },
    }),
  }
}

interface RpcError {
  readonly code: number
  readonly message: string
}

/** The JSON-RPC error of a JSON response. */
async function errorOf(response: Response): Promise<RpcError | undefined> {
  if (!response.headers.get('content-type')?.startsWith('application/json')) return undefined
  const { error } = (await response.clone().json()) as { error?: RpcError }
  return error
}

const reasonByStatus: Readonly<Record<number, RejectionReason>> = {
  406: 'not_acceptable',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  500: 'internal',
}

const reasonByCode: Readonly<Record<number, RejectionReason>> = {
  [-32700]: 'malformed_json',
  [-32020]: 'header_mismatch',
  [-32022]: 'unsupported_version',
}

const reasonOf = (status: number, code: number): RejectionReason =>
  reasonByStatus[status] ?? reasonByCode[code] ?? 'invalid_request'
