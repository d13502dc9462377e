import { service } from '../../config/package.ts'
import { type ErrorCode, errorTable } from '../../errors.ts'

/**
 * Maps client-supplied values to a fixed label set, to bound cardinality.
 */
export interface Labels {
  method(method: string): string
  tool(name: string | undefined): string
  version(version: string | undefined): string
  client(name: string | undefined): string
  errorType(type: string | undefined): string
}

/** Label value of an unknown method or tool. */
export const unknownLabel = '_unknown'

/** Client methods of the 2025 and 2026 revisions, from the MCP semantic conventions. */
const methods = [
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
]

const versions = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07']

/** Known clients by the prefix of their names. */
const clients: readonly [prefix: string, label: string][] = [
  ['claude-code', 'claude-code'],
  ['claude-ai', 'claude-ai'],
  ['claude', 'claude'],
  ['visual studio code', 'vscode'],
  ['vscode', 'vscode'],
  ['cursor', 'cursor'],
  ['openai', 'openai'],
  ['chatgpt', 'openai'],
  ['codex', 'codex'],
  ['gemini', 'gemini'],
  ['windsurf', 'windsurf'],
  ['zed', 'zed'],
  ['inspector', 'inspector'],
  ['mcp-inspector', 'inspector'],
  // This project's own clients, such as the drills.
  [service.name, service.name],
]

/** Error codes of JSON-RPC and of the MCP specification. */
const rpcErrorCodes = [
  -32700, -32600, -32601, -32602, -32603, -32000, -32001, -32002, -32020, -32021, -32022, -32042,
]

export function createLabels({ tools }: { tools: readonly string[] }): Labels {
  const known = { methods: new Set(methods), tools: new Set(tools), versions: new Set(versions) }
  const errorTypes = new Set(['tool_error', 'cancelled', ...rpcErrorCodes.map(String)])
  return {
    method: (method) => (known.methods.has(method) ? method : unknownLabel),
    tool: (name) => (name !== undefined && known.tools.has(name) ? name : unknownLabel),
    version: (version) => (version === undefined ? '' : known.versions.has(version) ? version : unknownLabel),
    client(name) {
      const lower = name?.toLowerCase()
      return clients.find(([prefix]) => lower?.startsWith(prefix))?.[1] ?? 'other'
    },
    errorType: (type) => (type === undefined ? '' : errorTypes.has(type) ? type : '_OTHER'),
  }
}

export const errorCodes = Object.keys(errorTable) as ErrorCode[]
