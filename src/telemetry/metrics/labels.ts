import { type ErrorCode, errorTable } from '../../errors.ts'
import { clientLabel } from './client-label.ts'

/** Maps client-supplied values to a fixed label set, to bound cardinality. */
export interface Labels {
  method(method: string): string
  tool(name: string | undefined): string
  prompt(name: string | undefined): string
  version(version: string | undefined): string
  client(name: string | undefined): string
  errorType(type: string | undefined): string
}

/** Label value of an unknown method, tool, prompt, protocol version or route. */
export const unknownLabel = '_unknown'

/** Client methods of the 2025 and 2026 revisions, from the MCP semantic conventions. */
const methods = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'logging/setLevel',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
])

const versions = new Set(['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07'])

/** Error codes of JSON-RPC and of the MCP specification. */
const rpcErrorCodes = [
  -32700, -32600, -32601, -32602, -32603, -32000, -32001, -32002, -32020, -32021, -32022, -32042,
]

type Names = readonly string[]

export function createLabels({ tools, prompts }: { tools: Names; prompts?: Names }): Labels {
  const knownIn = (names: ReadonlySet<string>) => (name: string | undefined) =>
    name !== undefined && names.has(name) ? name : unknownLabel
  const errorTypes = new Set(['tool_error', 'cancelled', ...rpcErrorCodes.map(String)])
  return {
    method: knownIn(methods),
    tool: knownIn(new Set(tools)),
    prompt: knownIn(new Set(prompts)),
    version: (version) => (version === undefined ? '' : versions.has(version) ? version : unknownLabel),
    client: clientLabel,
    errorType: (type) => (type === undefined ? '' : errorTypes.has(type) ? type : '_OTHER'),
  }
}

export const errorCodes = Object.keys(errorTable) as ErrorCode[]
