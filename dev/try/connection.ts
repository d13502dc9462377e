import { randomBytes } from 'node:crypto'
import {
  type CallToolResult,
  Client,
  ProtocolError,
  SdkError,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
import { ExpectedError } from '../lib/expected-error.ts'
import type { Arguments } from './tool-arguments.ts'

export type Connection = Awaited<ReturnType<typeof connect>>

/**
 * Connects with the official client and the protocol revision that the server prefers.
 * @throws ExpectedError if no MCP server responds
 */
export async function connect(url: URL, token: string | undefined) {
  const traceId = randomBytes(16).toString('hex')
  const trace = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`, tracestate: 'keep=1' }
  let calling = false
  let requestId: string | undefined

  /** Sends the trace context as headers too, so that the span of the HTTP request joins the trace. */
  async function tracedFetch(input: string | URL, init?: RequestInit): Promise<Response> {
    if (!calling) return fetch(input, init)
    const headers = new Headers(init?.headers)
    for (const [name, value] of Object.entries(trace)) headers.set(name, value)
    const response = await fetch(input, { ...init, headers })
    requestId ??= response.headers.get('x-request-id') ?? undefined
    return response
  }

  const client = new Client({ name: 'try', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const transport = new StreamableHTTPClientTransport(url, { fetch: tracedFetch, requestInit: { headers } })
  const explained = async <T>(request: Promise<T>) =>
    request.catch((error) => {
      const problem = problemOf(error, url, token)
      throw problem === undefined ? error : new ExpectedError(problem)
    })

  await explained(client.connect(transport))
  const { tools } = await explained(client.listTools())
  const { name = 'unknown', version = '' } = client.getServerVersion() ?? {}
  return {
    /** Server name and version, and the negotiated protocol. */
    server: `${name} ${version}, protocol ${client.getNegotiatedProtocolVersion() ?? 'unknown'}`,
    tools,
    /** @throws ExpectedError if the request fails; a tool error is a result */
    async call(tool: string, args: Arguments) {
      calling = true
      const startedAt = performance.now()
      const result = await explained(client.callTool({ name: tool, arguments: args, _meta: trace }))
      const durationMs = performance.now() - startedAt
      return { result: result as CallToolResult, durationMs, traceId, requestId }
    },
    close: () => client.close(),
  }
}

/** The cause of a failed request and its fix; undefined for an unexpected error. */
function problemOf(error: unknown, url: URL, token: string | undefined): string | undefined {
  if (ProtocolError.isInstance(error))
    return `The server rejected the request: ${error.message} (${error.code})`
  const status = SdkHttpError.isInstance(error) ? error.status : undefined
  if (status === 401 || (error instanceof Error && error.name === 'UnauthorizedError'))
    return token === undefined
      ? `${url} requires an API key or access token: MCP_TOKEN=… npm run try -- …`
      : `${url} rejected the API key or access token.`
  if (status === 403) return `${url} responded 403: the token lacks a scope, or the host is not allowed.`
  if (status === 429) return `${url} responded 429: too many requests. Try again later.`
  if (status !== undefined) return `${url} responded ${status}. Is this the address of an MCP server?`
  if (SdkError.isInstance(error) && error.code === 'REQUEST_TIMEOUT') return `${url} did not respond in time.`
  if (isConnectionError(error))
    return `No server at ${url}.\nStart one with "npm start" or "docker compose up", or set another address: --url URL`
  return undefined
}

/** fetch throws a TypeError with the reason as its cause; the SDK may wrap it. */
function isConnectionError(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.message === 'fetch failed' || /^(ECONN|ENOTFOUND|EAI_AGAIN)/.test(codeOf(cause))) return true
  return false
}

const codeOf = (error: NodeJS.ErrnoException) => error.code ?? ''
