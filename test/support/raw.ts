/** Requests without a client library, which would not send malformed ones. */

export const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1.0.0' },
}

export interface RawResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON-RPC message, from a JSON body or from the last event of a stream. */
  // biome-ignore lint/suspicious/noExplicitAny: responses of any shape
  readonly message: any
}

export async function post(
  url: URL,
  body: string | object,
  headers: Record<string, string> = {},
): Promise<RawResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  const data = text.startsWith('{')
    ? text
    : text
        .split('\n')
        .filter((line) => line.startsWith('data: {'))
        .at(-1)
        ?.slice(6)
  return { status: response.status, headers: response.headers, text, message: data && JSON.parse(data) }
}

export function modernRequest(method: string, params: Record<string, unknown> = {}) {
  return { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: envelope } }
}

/** Sends a well-formed request of revision 2026-07-28 with its mandatory headers. */
export function postModern(
  url: URL,
  method: string,
  params: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<RawResponse> {
  const name = params.name ?? params.uri
  return post(url, modernRequest(method, params), {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    ...headers,
  })
}

/** Sends a well-formed request of revision 2025-11-25. */
export function postLegacy(
  url: URL,
  method: string,
  params: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<RawResponse> {
  const version = { 'mcp-protocol-version': '2025-11-25' }
  return post(url, { jsonrpc: '2.0', id: 1, method, params }, { ...version, ...headers })
}

export const bearer = (credential: string): Record<string, string> => ({
  authorization: `Bearer ${credential}`,
})

/** Opens a `subscriptions/listen` stream of revision 2026-07-28 for changes of the resource list. */
export const openListen = (
  url: URL,
  { headers = {}, signal }: { headers?: Record<string, string>; signal?: AbortSignal },
): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    ...(signal && { signal }),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
      ...headers,
    },
    body: JSON.stringify(
      modernRequest('subscriptions/listen', { notifications: { resourcesListChanged: true } }),
    ),
  })
