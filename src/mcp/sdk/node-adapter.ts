import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Caller, ownerOf } from '../../auth/caller.ts'
import { rejectRequest } from '../../http/reject.ts'
import type { Reject } from '../../telemetry/rejections.ts'
import type { Admission, AdmissionRejection, Arrival, EarlyAdmission } from '../admission/admission.ts'
import { overloaded } from '../admission/load-shedding.ts'
import { isSmall, rejectMessage } from '../admission/reject-message.ts'
import { type Sender, toAuthInfo } from '../caller.ts'
import type { Cancellations } from '../cancellation.ts'
import { maxDepth, maxValues, parseBody } from '../message.ts'
import { clientNameIn } from '../observe/describe-message.ts'
import type { Handle } from '../observe/exchanges.ts'
import { type BodyLimits, createBodyReader } from '../read-body.ts'
import { createSessionId, sessionHeader } from '../session.ts'
import { negotiate, toJson } from './content-negotiation.ts'
import { ParsedRequest } from './parsed-request.ts'
import { isEventStream, sendResponse } from './send-response.ts'
import type { StreamKeepAlive } from './stream-keep-alive.ts'

const tooLarge = (maxBytes: number) =>
  ({
    reason: 'payload_too_large',
    httpStatus: 413,
    message: `Payload Too Large: a request must not exceed ${maxBytes} bytes`,
  }) as const

const tooMany = overloaded('request body limit', 1)

const invalidRequest = (problem: string) =>
  ({
    reason: 'invalid_request',
    httpStatus: 400,
    message: `Invalid Request: ${problem}`,
    rpcCode: -32600,
  }) as const

const exceededLimits = {
  'too deep': invalidRequest(`the message must not nest more than ${maxDepth} levels.`),
  'too many values': invalidRequest(
    `the message must not have more than ${maxValues} JSON values; send smaller arguments or a smaller batch.`,
  ),
}

const internal = {
  reason: 'internal',
  httpStatus: 500,
  message: 'Internal error: something went wrong on the server; it has been logged.',
  rpcCode: -32603,
} as const

/** Clients of the 2025 revisions request a stream (GET) and end a session (DELETE); servers may support neither. */
const notAllowed = ({ method, headers }: IncomingMessage) =>
  ({
    reason:
      method === 'GET' && headers.accept?.includes('text/event-stream')
        ? 'no_stream'
        : method === 'DELETE' && headers[sessionHeader] !== undefined
          ? 'no_session'
          : 'method_not_allowed',
    httpStatus: 405,
    message: 'Method not allowed: send MCP messages by POST.',
    headers: { allow: 'POST' },
  }) as const

/** The SDK ignores the URL. The real one may be absolute or, with some Host headers, invalid for `Request`. */
const anyAddress = 'http://localhost/mcp'

export interface NodeListenerOptions {
  readonly earlyAdmissions: readonly EarlyAdmission[]
  readonly admissions: readonly Admission[]
  readonly bodies: BodyLimits
  readonly addressOf: (req: IncomingMessage) => string
  readonly clientOf: (req: IncomingMessage) => Sender['client']
  readonly cancellations?: Cancellations | undefined
  readonly reject: Reject
  readonly keepAlive: Pick<StreamKeepAlive, 'keep'>
}

/**
 * Why: the SDK's adapter for Node's http has its handler parse the body again, and cuts off a client that sends too
 * much, which then sees a broken connection instead of the reason. Buys: about 20 % of a bare call's CPU time.
 * Delete when: the SDK's adapter takes a parsed body, lets admissions see it, and reads a rejected body to its end.
 */
export function toNodeListener(handle: Handle, options: NodeListenerOptions) {
  const { earlyAdmissions, admissions, bodies, addressOf, clientOf, cancellations, reject, keepAlive } =
    options
  const body = createBodyReader(bodies)
  return async (
    req: IncomingMessage,
    res: ServerResponse,
    caller: Caller,
    onStream?: () => void,
  ): Promise<void> => {
    const tasks: (() => void)[] = []
    try {
      const owner = ownerOf(caller, addressOf(req))
      await serve({ req, res, caller, owner, onFinish: (task) => tasks.push(task) }, onStream)
    } catch (error) {
      rejectRequest({ req, res, caller }, { ...internal, error }, reject)
    } finally {
      for (const task of tasks) task()
    }
  }

  async function serve(entry: Omit<Arrival, 'body'>, onStream?: () => void): Promise<void> {
    const { req, res, caller, owner, onFinish } = entry
    // Here and not by the SDK, because web-standard requests can't have every method, such as TRACE.
    if (req.method !== 'POST') {
      rejectRequest({ req, res, caller }, notAllowed(req), reject)
      return
    }
    let early: AdmissionRejection | undefined
    for (const admit of earlyAdmissions) early ??= admit(entry)
    if (early && !isSmall(req)) {
      rejectRequest({ req, res, caller }, early, reject)
      return
    }
    const gone = new AbortController()
    res.once('close', () => {
      if (!res.writableFinished) gone.abort()
    })
    const read = await body.read(req, owner, onFinish)
    if (read === 'gone') {
      reject({ reason: 'aborted', requestId: headerOf(req, 'x-request-id'), caller: caller.id })
      return
    }
    if (read === 'too large' || read === 'too many') {
      rejectRequest({ req, res, caller }, read === 'too large' ? tooLarge(bodies.maxBytes) : tooMany, reject)
      return
    }
    const parsed = parseBody(read.text)
    if (typeof parsed === 'string') {
      rejectRequest({ req, res, caller }, exceededLimits[parsed], reject)
      return
    }
    const arrival: Arrival = { req, res, caller, owner, onFinish, body: parsed }
    const rejection = early ?? (await rejectionOf(admissions, arrival))
    if (rejection) {
      rejectMessage({ req, res, caller }, parsed.single, rejection, reject)
      return
    }
    // Admissions wait for Redis. The SDK does not look at a signal that is aborted already.
    if (gone.signal.aborted) {
      reject({ reason: 'aborted', requestId: headerOf(req, 'x-request-id'), caller: caller.id })
      return
    }
    if (parsed.isListen) onStream?.()
    const sessionId = headerOf(req, sessionHeader)
    if (cancellations && sessionId !== undefined && parsed.single) {
      const session = { owner, id: sessionId }
      const { method, id } = parsed.single
      if (method === 'notifications/cancelled') cancellations.cancel(session, parsed.single)
      else if (id !== undefined) onFinish(cancellations.track(session, id, () => gone.abort()))
    }
    const { headers, jsonOnly } = negotiate(req)
    const init = { method: req.method, headers, signal: gone.signal }
    const { httpVersion } = req
    const authInfo = toAuthInfo({ caller, owner, client: clientOf(req), httpVersion })
    const request = new ParsedRequest(anyAddress, init)
    const response =
      parsed.json === undefined
        ? await handle(request.whole(), { authInfo }, parsed)
        : await handle(request as unknown as Request, { authInfo, parsedBody: parsed.json }, parsed)
    if (parsed.single?.method === 'initialize' && response.status === 200)
      res.setHeader(sessionHeader, createSessionId(clientNameIn(parsed.single.params)))
    const isJson = jsonOnly && isEventStream(response) && !parsed.isListen
    const answer = isJson ? await toJson(response, parsed.single === undefined) : response
    await sendResponse(res, answer, parsed.isListen, keepAlive)
  }
}

async function rejectionOf(
  admissions: readonly Admission[],
  arrival: Arrival,
): Promise<AdmissionRejection | undefined> {
  for (const admit of admissions) {
    const decision = admit(arrival)
    // Most decide at once; awaiting those would cost a promise each.
    const rejection = decision instanceof Promise ? await decision : decision
    if (rejection) return rejection
  }
  return undefined
}

function headerOf(req: IncomingMessage, name: string): string | undefined {
  return [req.headers[name]].flat()[0]
}
