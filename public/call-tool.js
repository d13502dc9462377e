import { judge } from './judge.js'
import { traceContext } from './trace-context.js'

/**
 * What a call came to.
 * @typedef {object} Outcome
 * @property {'success' | 'error' | 'cancelled'} kind
 * @property {string} title
 * @property {string} [advice] what the reader can do about it
 * @property {unknown} [value] the result, as structured as the server gave it
 * @property {unknown} [message] the JSON-RPC message as it came
 * @property {number} durationMs
 * @property {string} traceId
 * @property {string | undefined} requestId by which the server's log knows the request, if the server was reached
 */

/**
 * @typedef {object} CallOptions
 * @property {{ name: string, version: string }} client
 * @property {string | undefined} credential
 * @property {AbortSignal} signal
 * @property {(text: string) => void} onProgress
 */

const protocolVersion = '2026-07-28'
const timeoutMs = 60_000

/**
 * Calls a tool the way a client of protocol 2026-07-28 does. Never rejects.
 * @param {string} tool
 * @param {Record<string, unknown>} given
 * @param {CallOptions} options
 * @returns {Promise<Outcome>}
 */
export async function callTool(tool, given, { client, credential, signal, onProgress }) {
  const trace = traceContext()
  const startedAt = performance.now()
  /** @type {Response | undefined} */
  let response
  /** @param {Pick<Outcome, 'kind' | 'title'> & Partial<Outcome>} outcome */
  const ended = (outcome) => ({
    durationMs: performance.now() - startedAt,
    traceId: trace.id,
    requestId: response?.headers.get('x-request-id') ?? undefined,
    ...outcome,
  })
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    response = await fetch('/mcp', {
      method: 'POST',
      credentials: 'omit',
      signal: AbortSignal.any([signal, timeout]),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': protocolVersion,
        'mcp-method': 'tools/call',
        'mcp-name': tool,
        // In _meta for the message, here for the HTTP request that brings it.
        traceparent: trace.traceparent,
        tracestate: trace.tracestate,
        ...(credential && { authorization: `Bearer ${credential}` }),
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: {
          name: tool,
          arguments: given,
          _meta: {
            'io.modelcontextprotocol/protocolVersion': protocolVersion,
            'io.modelcontextprotocol/clientCapabilities': {},
            'io.modelcontextprotocol/clientInfo': client,
            progressToken: trace.id,
            traceparent: trace.traceparent,
            tracestate: trace.tracestate,
          },
        },
      }),
    })
    return ended(judge(response, await readMessage(response, onProgress)))
  } catch (error) {
    if (signal.aborted)
      return ended({
        kind: 'cancelled',
        title: 'Cancelled',
        advice: 'The server was told to stop by closing the connection.',
      })
    if (timeout.aborted)
      return ended({
        kind: 'error',
        title: `No answer within ${timeoutMs / 1000} s`,
        advice: 'See the server’s log for what it is doing.',
      })
    if (!navigator.onLine)
      return ended({ kind: 'error', title: 'You are offline', advice: 'Try again when there is a network.' })
    if (error instanceof SyntaxError)
      return ended({
        kind: 'error',
        title: 'The answer makes no sense',
        advice: 'Something between you and the server may have changed it.',
      })
    return ended({
      kind: 'error',
      title: 'The server does not answer',
      advice: 'It may have been stopped. Start it again, then repeat the call.',
    })
  }
}

/**
 * The answer to the call, from a JSON body or from a stream of events.
 * @param {Response} response
 * @param {(text: string) => void} onProgress
 * @returns {Promise<any>}
 */
async function readMessage(response, onProgress) {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const text = await response.text()
    return text.startsWith('{') || response.ok ? JSON.parse(text) : undefined
  }
  let message
  for await (const event of events(response)) {
    const received = JSON.parse(event)
    if (received.method === 'notifications/progress') {
      const { progress, total, message: text } = received.params
      onProgress(`${progress}${total === undefined ? '' : ` of ${total}`}${text ? `: ${text}` : ''} …`)
    } else if ('result' in received || 'error' in received) message = received
  }
  if (message === undefined) throw new TypeError('the stream ended without an answer')
  return message
}

/**
 * The data of the events of a stream, as they come.
 * @param {Response} response
 */
async function* events(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true })
    const complete = text.split(/\r?\n\r?\n/)
    text = complete.pop() ?? ''
    for (const event of complete) {
      const data = event
        .split(/\r?\n/)
        .flatMap((line) => (line.startsWith('data:') ? line.slice(5).trim() : []))
      if (data.join('') !== '') yield data.join('\n')
    }
  }
}
