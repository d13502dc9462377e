import { service } from '../../config/package.ts'

/** Known clients and client libraries by the prefix of the names that they send; the first match counts. */
const clients: readonly (readonly [prefix: string, label: string])[] = [
  ['claude-code', 'claude-code'],
  ['claude-ai', 'claude-ai'],
  ['claude', 'claude'],
  ['anthropic', 'claude'],
  ['visual studio code', 'vscode'],
  ['vscode', 'vscode'],
  ['cursor', 'cursor'],
  ['openai', 'openai'],
  ['chatgpt', 'openai'],
  ['codex', 'codex'],
  ['gemini', 'gemini'],
  ['google-adk', 'google-adk'],
  ['windsurf', 'windsurf'],
  ['zed', 'zed'],
  ['opencode', 'opencode'],
  ['goose', 'goose'],
  ['inspector', 'inspector'],
  ['mcp-inspector', 'inspector'],
  ['mcp-remote', 'mcp-remote'],
  ['mcporter', 'mcporter'],
  ['mcpc', 'mcpc'],
  ['fastmcp', 'fastmcp'],
  ['pydantic-ai', 'pydantic-ai'],
  ['mastra', 'mastra'],
  ['ai-sdk', 'ai-sdk'],
  ['langchain', 'langchain'],
  ['@langchain', 'langchain'],
  ['rmcp', 'rmcp'],
  ['mcp-go', 'mcp-go'],
  ['java sdk', 'java-sdk'],
  ['spring-ai', 'spring-ai'],
  // The default of the Python SDK; matched exactly below, because other names begin with it.
  ['mcp', 'mcp'],
  // This project's own clients, such as the drills, and its probes from outside.
  ['probe', 'probe'],
  [service.name, service.name],
]

const whole = new Set(['mcp', 'mcpc'])
const maxLength = 200

/** `mcp-remote` appends itself to the name of the client that it connects. */
const bridge = /\(via mcp-remote[^)]*\)\s*$/

/** Maps the name that a client sends to a known label, or `other`, to bound cardinality. */
export function clientLabel(name: string | undefined): string {
  const lower = name?.slice(0, maxLength).trim().toLowerCase() ?? ''
  const own = lower.replace(bridge, '').trim()
  const found = clients.find(([prefix]) => (whole.has(prefix) ? own === prefix : own.startsWith(prefix)))
  const label = found?.[1] ?? 'other'
  return own === lower ? label : `${label} via mcp-remote`
}
