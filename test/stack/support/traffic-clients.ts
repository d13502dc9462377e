import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { prompt, resource } from '../../support/sample-calls.ts'

export interface TrafficClient {
  call(name: string, args: Record<string, unknown>, signal?: AbortSignal): Promise<{ isError: boolean }>
  /** Lists, a resource, a prompt and a completion. */
  browse(): Promise<unknown>
  close(): Promise<unknown>
}

const timeout = 15_000
/** Client names: two known to the server, and one that it counts as `other`. */
const names = { modern: 'claude-code', legacy: 'vscode', v1: 'traffic' }

export async function connectModern(mcpUrl: URL): Promise<Client> {
  return connectV2(mcpUrl, names.modern, { pin: '2026-07-28' })
}

async function connectV2(mcpUrl: URL, name: string, mode: 'legacy' | { pin: string }): Promise<Client> {
  const client = new Client({ name, version: '1.0.0' }, { versionNegotiation: { mode } })
  await client.connect(new StreamableHTTPClientTransport(mcpUrl))
  return client
}

async function connectV1(mcpUrl: URL): Promise<ClientV1> {
  const client = new ClientV1({ name: names.v1, version: '1.0.0' })
  await client.connect(new TransportV1(mcpUrl) as Parameters<ClientV1['connect']>[0])
  return client
}

/** The official SDK clients: v2 with 2026-07-28, v2 with a 2025 revision, v1. */
export async function connectAll(mcpUrl: URL): Promise<TrafficClient[]> {
  const [modern, legacy, v1] = await Promise.all([
    connectModern(mcpUrl),
    connectV2(mcpUrl, names.legacy, 'legacy'),
    connectV1(mcpUrl),
  ])
  return [modern, legacy, v1].map((client) => ({
    async call(name, args, signal) {
      const options = { timeout, ...(signal && { signal }) }
      const params = { name, arguments: args }
      const result = await (client instanceof ClientV1
        ? client.callTool(params, undefined, options)
        : client.callTool(params, options))
      return { isError: result.isError === true }
    },
    browse: () => browse(client),
    close: () => client.close(),
  }))
}

async function browse(client: Client | ClientV1): Promise<void> {
  await client.listTools()
  const { resources } = await client.listResources()
  await client.readResource({ uri: resources[0]?.uri ?? 'document://none' })
  await client.listPrompts()
  await client.getPrompt(prompt.call)
  const { template, argument } = resource
  await client.complete({ ref: { type: 'ref/resource', uri: template }, argument })
}
