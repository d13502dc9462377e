import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

const json = 'application/json'
const events = 'text/event-stream'

/** Added by Express; without it every type counts as accepted. */
interface Accepting {
  accepts?(type: string): string | false
}

export interface Negotiated {
  /** The request's headers, with an `Accept` that the SDK takes. */
  readonly headers: IncomingHttpHeaders
  /** The client accepts JSON and no event stream. */
  readonly jsonOnly: boolean
}

/**
 * Why: the SDK rejects clients of the 2025 revisions with 406 unless `Accept` names both types literally, and answers
 * them by event streams only. Buys: answers for clients with no `Accept`, wildcards or one type; no speed.
 * Delete when: the SDK negotiates both revisions by RFC 9110, section 12.5.1.
 */
export function negotiate(req: IncomingMessage): Negotiated {
  const { headers } = req
  const { accept } = headers
  if (accept?.includes(json) && accept.includes(events)) return { headers, jsonOnly: false }
  const accepts = (type: string) => (req as Accepting).accepts?.(type) !== false
  const [acceptsJson, acceptsEvents] = [accepts(json), accepts(events)]
  if (!acceptsJson && !acceptsEvents) return { headers, jsonOnly: false }
  return { headers: { ...headers, accept: `${json}, ${events}` }, jsonOnly: !acceptsEvents }
}

/** Reads an event stream to its end: the JSON-RPC response, or all responses of a batch, without notifications. */
export async function toJson(response: Response, isBatch: boolean): Promise<Response> {
  const messages = (await response.text())
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => line.slice('data: '.length))
    .filter((text) => !('method' in JSON.parse(text)))
  return new Response(isBatch ? `[${messages.join()}]` : messages.at(-1), {
    headers: { 'content-type': json },
  })
}
