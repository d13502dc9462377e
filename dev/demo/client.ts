import {
  type CallToolResult,
  Client,
  ProtocolError,
  SdkError,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'

/** Values of the metric label `era`: `modern` is revision 2026-07-28, `legacy` the 2025 revisions. */
export type Era = 'modern' | 'legacy'

export interface Identity {
  readonly name: string
  readonly version: string
  readonly era: Era
  /** Keeps a subscriptions/listen stream open. */
  readonly listens?: boolean
}

/** Well-known clients under the names they send, and some that are unknown to the server. */
export const identities: readonly Identity[] = [
  { name: 'claude-code', version: '3.1.0', era: 'modern', listens: true },
  { name: 'cursor-vscode', version: '2.4.1', era: 'legacy' },
  { name: 'Visual Studio Code', version: '1.131.0', era: 'modern' },
  { name: 'nightly-report', version: '0.0.1', era: 'legacy' },
  { name: 'openai-mcp', version: '1.0.0', era: 'modern' },
  { name: 'mcp-inspector', version: '0.30.0', era: 'modern', listens: true },
  { name: "Grandmother's kitchen robot 🍲", version: 'v2 (final) (really)', era: 'modern' },
  { name: 'windsurf', version: '1.20.0', era: 'legacy' },
]

export function createClient({ name, version, era }: Omit<Identity, 'listens'>): Client {
  const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy'
  return new Client({ name, version }, { versionNegotiation: { mode } })
}

export const connect = (client: Client, url: URL, signal: AbortSignal): Promise<void> =>
  client.connect(new StreamableHTTPClientTransport(url, { fetch: fetchInTrace }), { signal, timeout: 15_000 })

/** Repeats the trace context of a message in the HTTP header, so that the server's HTTP span joins the trace. */
function fetchInTrace(url: string | URL, init?: RequestInit): Promise<Response> {
  const [, traceparent] = /"traceparent":"([\w-]+)"/.exec(String(init?.body)) ?? []
  if (traceparent === undefined) return fetch(url, init)
  const headers = new Headers(init?.headers)
  headers.set('traceparent', traceparent)
  return fetch(url, { ...init, headers })
}

/** `ok`, or the error code that starts the text: `not_found: There is no …`. */
export function resultOf(answer: unknown): string {
  const { isError, content } = (answer ?? {}) as Partial<CallToolResult>
  if (!isError) return 'ok'
  const [first] = content ?? []
  return (first?.type === 'text' && /^[a-z_]+(?=:)/.exec(first.text)?.[0]) || 'tool error'
}

/** Separates a rejected request from an unavailable server. */
export function describeFailure(error: unknown): string {
  if (ProtocolError.isInstance(error)) return `rpc ${error.code}`
  if (SdkHttpError.isInstance(error)) return `http ${error.status}`
  return SdkError.isInstance(error) && error.code === 'REQUEST_TIMEOUT' ? 'timeout' : 'unreachable'
}
