import {
  Client,
  ProtocolError,
  SdkError,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
import type { Visitor } from './visitors.ts'

export const requestTimeoutMs = 15_000

/** Connects as this visitor: `server/discover` in the modern era, `initialize` in the legacy one. */
export async function connect(url: URL, visitor: Visitor, signal: AbortSignal): Promise<Client> {
  const mode = visitor.era === 'modern' ? { pin: '2026-07-28' } : 'legacy'
  const client = new Client(
    { name: visitor.name, version: visitor.version },
    { versionNegotiation: { mode } },
  )
  await client.connect(new StreamableHTTPClientTransport(url), { signal, timeout: requestTimeoutMs })
  return client
}

/** What a thrown error says: the server's own refusal, or that there is no server to refuse anything. */
export function judge(error: unknown): { readonly result: string; readonly away: boolean } {
  if (ProtocolError.isInstance(error)) return { result: `rpc ${error.code}`, away: false }
  if (SdkHttpError.isInstance(error))
    return { result: `http ${error.status}`, away: error.status >= 500 || error.status === 429 }
  if (SdkError.isInstance(error) && error.code === 'REQUEST_TIMEOUT')
    return { result: 'no answer in time', away: false }
  return { result: 'unreachable', away: true }
}
