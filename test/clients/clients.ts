export interface RegistryClient {
  readonly name: string
  readonly registry: 'npm' | 'PyPI'
  /** Package whose version is recorded; `packages` with it, as the registry's client takes them. */
  readonly package: string
  readonly packages?: readonly string[]
  /** Commands in the client's folder; `URL` is replaced. The first word is a program of this folder or of the package. */
  readonly commands: readonly (readonly string[])[]
  readonly needsNode24?: boolean
}

const inspector = [
  '.bin/mcp-inspector',
  '--cli',
  '--server-url',
  'URL',
  '--transport',
  'http',
  '--format',
  'json',
  '--method',
]
const query = '{"query":"circuit breaker"}'

/** The time is bounded, so those that install fast come first. */
export const clients: readonly RegistryClient[] = [
  python('Python SDK 1.x', 'mcp', ['mcp_v1.py', 'URL'], 'mcp<2'),
  python('Python SDK 2.x', 'mcp', ['client.py', 'URL', 'mcp'], 'mcp>=2'),
  python('FastMCP', 'fastmcp', ['client.py', 'URL', 'fastmcp']),
  python('LangChain', 'langchain-mcp-adapters', ['langchain.py', 'URL']),
  npm('TypeScript SDK v1', '@modelcontextprotocol/sdk', ['sdk-v1.mjs', 'URL']),
  npm('TypeScript SDK v2, legacy mode', '@modelcontextprotocol/client', ['sdk-v2.mjs', 'URL', 'legacy']),
  npm('TypeScript SDK v2, auto mode', '@modelcontextprotocol/client', ['sdk-v2.mjs', 'URL', 'auto']),
  {
    ...npm('mcp-remote', 'mcp-remote', ['mcp-remote.mjs', 'URL']),
    packages: ['mcp-remote', '@modelcontextprotocol/sdk'],
  },
  npm('AI SDK', '@ai-sdk/mcp', ['ai-sdk.mjs', 'URL']),
  npm(
    'mcporter',
    'mcporter',
    ['.bin/mcporter', 'list', '--http-url', 'URL', '--allow-http', '--name', 'notes'],
    ['.bin/mcporter', 'call', '--http-url', 'URL', '--allow-http', '--tool', 'search', '--args', query],
  ),
  {
    ...npm('LangChain.js', '@langchain/mcp-adapters', ['langchain.mjs', 'URL']),
    packages: ['@langchain/mcp-adapters', '@langchain/core'],
  },
  npm('Mastra', '@mastra/mcp', ['mastra.mjs', 'URL']),
  {
    ...npm(
      'Inspector, command line',
      '@modelcontextprotocol/inspector',
      [...inspector, 'tools/list'],
      [...inspector, 'tools/call', '--tool-name', 'search', '--tool-args-json', query],
    ),
    // Without a tag, npm takes the newest version that supports the Node it runs on.
    packages: ['@modelcontextprotocol/inspector@latest'],
    needsNode24: true,
  },
]

/** Clients that this script cannot run. */
export const notTried: Readonly<Record<string, string>> = {
  'Claude, ChatGPT, VS Code, Cursor': 'need an account or a desktop',
  'Go, Rust, Java and C# SDKs': 'are libraries that need a build',
}

function npm(name: string, main: string, ...commands: string[][]): RegistryClient {
  return { name, registry: 'npm', package: main, commands }
}

function python(name: string, main: string, command: string[], requirement = main): RegistryClient {
  return { name, registry: 'PyPI', package: main, packages: [requirement], commands: [command] }
}
