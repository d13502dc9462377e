import { toOutcome } from './to-outcome.js'
import { traceContext } from './trace-context.js'

/**
 * The outcome of a call.
 * @typedef {object} Outcome
 * @property {'success' | 'error' | 'cancelled'} kind
 * @property {string} title
 * @property {string} [advice] what the user can do
 * @property {unknown} [value] the structured result, or its text
 * @property {unknown} [message] the JSON-RPC message
 * @property {number} durationMs
 * @property {string} traceId
 * @property {string | undefined} requestId the `request_id` of the log line; undefined without a response
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
 * Calls a tool with protocol revision 2026-07-28. Never rejects.
 * @param {string} tool
 * @param {Record<string, unknown>} args
 * @param {CallOptions} options
 * @returns {Promise<Outcome>}
 */
export async function callTool(tool, args, { client, credential, signal, onProgress }) {
  const trace = traceContext()
  const startedAt = performance.now()
  /** @type {Response | undefined} */
  let response
  /** @param {Pick<Outcome, 'kind' | 'title'> & Partial<Outcome>} outcome */
  const finish = (outcome) => ({
    durationMs: performance.now() - startedAt,
    traceId: trace.id,
    requestId: response?.headers.get('x-request-id') ?? undefined,
    ...outcome,
  })
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    response = await fetch(new URL('../mcp', import.meta.url), {
      method: 'POST',
      credentials: 'omit',
      signal: AbortSignal.any([signal, timeout]),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': protocolVersion,
        'mcp-method': 'tools/call',
        'mcp-name': tool,
        // For the HTTP span; `_meta` carries it for the message's span.
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
          arguments: args,
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
    return finish(toOutcome(response, await readMessage(response, onProgress)))
  } catch (error) {
    if (signal.aborted)
      return finish({
        kind: 'cancelled',
        title: 'Cancelled',
        advice: 'Closing the connection cancelled the call on the server.',
      })
    if (timeout.aborted)
      return finish({
        kind: 'error',
        title: `No response within ${timeoutMs / 1000} s`,
        advice: 'Check the server’s log.',
      })
    if (!navigator.onLine)
      return finish({
        kind: 'error',
        title: 'You are offline',
        advice: 'Connect to a network, then try again.',
      })
    if (error instanceof SyntaxError)
      return finish({
        kind: 'error',
        title: 'Invalid response',
        advice: 'A proxy between browser and server may have changed it.',
      })
    return finish({
      kind: 'error',
      title: 'The server is unreachable',
      advice: 'Start it again if it has stopped, then repeat the call.',
    })
  }
}

/**
 * Reads the response message from a JSON body or an event stream.
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
  if (message === undefined) throw new TypeError('the stream ended without a response')
  return message
}

/**
 * Yields the data of server-sent events.
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
