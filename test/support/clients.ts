import { Client, type ElicitResult, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { RequestOptions as RequestOptionsV1 } from '@modelcontextprotocol/sdk/shared/protocol.js'
import { afterFile } from './cleanup.ts'

/** The methods that all three clients share. */
export type AnyClient = Pick<
  Client,
  | 'listTools'
  | 'callTool'
  | 'listResources'
  | 'listResourceTemplates'
  | 'readResource'
  | 'listPrompts'
  | 'getPrompt'
  | 'complete'
  | 'close'
>

type Options = NonNullable<ConstructorParameters<typeof StreamableHTTPClientTransport>[1]>

async function connectV2(
  url: URL,
  mode: 'legacy' | { pin: string },
  options?: Options,
  answer?: (message: string) => ElicitResult,
): Promise<Client> {
  const client = new Client(
    { name: 'test-client', version: '1.0.0' },
    { versionNegotiation: { mode }, ...(answer && { capabilities: { elicitation: {} } }) },
  )
  if (answer) client.setRequestHandler('elicitation/create', ({ params }) => answer(params.message))
  await client.connect(new StreamableHTTPClientTransport(url, options))
  afterFile(() => client.close())
  return client
}

/** The official v2 client with revision 2026-07-28. */
export const connectModern = (url: URL, options?: Options): Promise<Client> =>
  connectV2(url, { pin: '2026-07-28' }, options)

/** The official v2 client whose user answers the questions of tools. */
export const connectAnswering = (
  url: URL,
  answer: (message: string) => ElicitResult,
  revision: '2026-07-28' | '2025' = '2026-07-28',
): Promise<Client> => connectV2(url, revision === '2025' ? 'legacy' : { pin: revision }, undefined, answer)

/** The official v2 client with the 2025 revisions. */
export const connectLegacy = (url: URL, options?: Options): Promise<Client> =>
  connectV2(url, 'legacy', options)

/** The official v1 client, which most clients of the 2025 revisions are built with. */
export async function connectV1(
  url: URL,
  options?: ConstructorParameters<typeof TransportV1>[1] | Pick<Options, 'requestInit'>,
): Promise<AnyClient> {
  const client = new ClientV1({ name: 'test-client-v1', version: '1.0.0' })
  await client.connect(
    new TransportV1(url, options as ConstructorParameters<typeof TransportV1>[1]) as Parameters<
      ClientV1['connect']
    >[0],
  )
  afterFile(() => client.close())
  // The v1 client takes a result schema before the options.
  const callTool = client.callTool.bind(client)
  const adapted = client as unknown as AnyClient
  adapted.callTool = (params, options) =>
    callTool(params, undefined, options as RequestOptionsV1) as ReturnType<AnyClient['callTool']>
  return adapted
}

/** Connect functions by client and protocol revision. */
export const connectors = {
  'v2 client, 2026-07-28': connectModern,
  'v2 client, 2025': connectLegacy,
  'v1 client, 2025': connectV1,
}
