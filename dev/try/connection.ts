import { randomBytes } from 'node:crypto'
import {
  type CallToolResult,
  Client,
  ProtocolError,
  SdkError,
  SdkHttpError,
  StreamableHTTPClientTransport,
  type Tool,
} from '@modelcontextprotocol/client'
import { ExpectedError } from '../lib/expected-error.ts'
import type { Arguments } from './tool-arguments.ts'

export interface CalledTool {
  readonly result: CallToolResult
  readonly durationMs: number
  /** Of the trace that this call begins. */
  readonly traceId: string
  /** `X-Request-Id` of the answer, if the server gives one. */
  readonly requestId: string | undefined
}

export interface Connection {
  /** What the server calls itself, and the protocol that was agreed on. */
  readonly server: string
  readonly tools: readonly Tool[]
  /** @throws ExpectedError if the call came to nothing; a failed tool is a result */
  call(tool: string, given: Arguments): Promise<CalledTool>
  close(): Promise<void>
}

/**
 * Connects with the official client, in the era that the server prefers.
 * @throws ExpectedError if nothing answers there, or not as an MCP server does
 */
export async function connect(url: URL, token: string | undefined): Promise<Connection> {
  const traceId = randomBytes(16).toString('hex')
  const trace = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`, tracestate: 'keep=1' }
  let calling = false
  let requestId: string | undefined

  /** In the headers too, so that the span of the HTTP request belongs to the same trace. */
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
  const explained = async <T>(work: Promise<T>) =>
    work.catch((error) => Promise.reject(explain(error, url, token)))

  await explained(client.connect(transport))
  const { tools } = await explained(client.listTools())
  const { name = 'unknown', version = '' } = client.getServerVersion() ?? {}
  return {
    server: `${name} ${version}, protocol ${client.getNegotiatedProtocolVersion() ?? 'unknown'}`,
    tools,
    async call(tool, given) {
      calling = true
      const startedAt = performance.now()
      const result = await explained(client.callTool({ name: tool, arguments: given, _meta: trace }))
      return {
        result: result as CallToolResult,
        durationMs: performance.now() - startedAt,
        traceId,
        requestId,
      }
    },
    close: () => client.close(),
  }
}

function explain(error: unknown, url: URL, token: string | undefined): unknown {
  if (ProtocolError.isInstance(error))
    return new ExpectedError(`The server refuses: ${error.message} (${error.code})`)
  const status = SdkHttpError.isInstance(error) ? error.status : undefined
  if (status === 401 || (error instanceof Error && error.name === 'UnauthorizedError'))
    return new ExpectedError(
      token === undefined
        ? `${url} asks for a key or token: MCP_TOKEN=… npm run try -- …`
        : `${url} does not accept this key or token.`,
    )
  if (status === 403)
    return new ExpectedError(`${url} answers 403: the token lacks a scope, or the host is not allowed.`)
  if (status === 429) return new ExpectedError(`${url} answers 429: too many calls. Wait a moment.`)
  if (status !== undefined)
    return new ExpectedError(`${url} answers ${status}. Is this the address of an MCP server?`)
  if (SdkError.isInstance(error) && error.code === 'REQUEST_TIMEOUT')
    return new ExpectedError(`${url} does not answer in time.`)
  if (isConnectionError(error))
    return new ExpectedError(
      `Nothing answers at ${url}.\nStart a server with "npm start" or "docker compose up", or name another one: --url URL`,
    )
  return error
}

/** What fetch throws is a TypeError with the reason as its cause; the SDK may have wrapped it. */
function isConnectionError(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (/^(ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|UND_ERR)/.test((cause as NodeJS.ErrnoException).code ?? ''))
      return true
    if (cause.message === 'fetch failed') return true
  }
  return false
}
