/**
 * Client configurations, for the page at `/` and `npm start`. docs/guides/connect-a-client.md shows them for the
 * default address; a test compares both. The formats are those of the clients' documentation in November 2026.
 */

import { type ExampleCall, legacyCurl, modernCurl } from './curl-commands.ts'

export type AuthMode = 'none' | 'api-key' | 'oauth'

export interface ServerAddress {
  readonly name: string
  /** URL of the MCP endpoint. */
  readonly url: string
  readonly authMode: AuthMode
}

export interface ClientSetup {
  readonly client: string
  /** Instruction, or the file that the text belongs into. */
  readonly todo: string
  readonly text: string
  /** The client calls from the internet. */
  readonly needsPublicHttps?: boolean
}

/** Environment variable with the credential, so that configurations never contain it. */
const tokenVariable = 'MCP_TOKEN'

export function clientSetups({ name, url, authMode }: ServerAddress, example?: ExampleCall): ClientSetup[] {
  // With OAuth, clients discover the authorization server.
  const sendsKey = authMode === 'api-key'
  const bearer = (token: string) => (sendsKey ? { headers: { Authorization: `Bearer ${token}` } } : {})
  const fromEnvironment = bearer(`\${env:${tokenVariable}}`)
  const mcpServers = (server: object) => ({ mcpServers: { [name]: server } })
  const shellHeader = authMode === 'none' ? [] : [`-H "Authorization: Bearer $${tokenVariable}"`]
  return [
    setup(
      'Claude Code',
      'Run in a terminal',
      `claude mcp add --transport http ${name} ${url}${sendsKey ? ` --header "Authorization: Bearer $${tokenVariable}"` : ''}`,
    ),
    isPublicHttps(url)
      ? setup('Claude Desktop', 'Customize → Connectors → Add custom connector, and enter this URL', url)
      : setup('Claude Desktop', 'claude_desktop_config.json', mcpServers(desktopBridge(url, sendsKey))),
    setup('VS Code', '.vscode/mcp.json', {
      ...(sendsKey && {
        inputs: [{ type: 'promptString', id: 'token', description: 'API key', password: true }],
      }),
      servers: { [name]: { type: 'http', url, ...bearer(`\${input:token}`) } },
    }),
    setup('Cursor', '.cursor/mcp.json', mcpServers({ url, ...fromEnvironment })),
    setup(
      'Codex',
      '~/.codex/config.toml',
      `[mcp_servers.${name}]\nurl = "${url}"${sendsKey ? `\nbearer_token_env_var = "${tokenVariable}"` : ''}`,
    ),
    setup(
      'Gemini CLI',
      '.gemini/settings.json',
      mcpServers({ httpUrl: url, ...bearer(`$${tokenVariable}`) }),
    ),
    setup(
      'Windsurf',
      '~/.codeium/windsurf/mcp_config.json',
      mcpServers({ serverUrl: url, ...fromEnvironment }),
    ),
    setup('Zed', 'settings.json', { context_servers: { [name]: { url, ...bearer('<key>') } } }),
    setup(
      'Cline',
      'cline_mcp_settings.json',
      mcpServers({ type: 'streamableHttp', url, ...bearer('<key>') }),
    ),
    setup('Continue', `.continue/mcpServers/${name}.yaml`, continueBlock(name, url, sendsKey)),
    setup(
      'MCP Inspector',
      `Run this with Node 22.19 or newer, choose the transport "Streamable HTTP", enter ${url} and connect via proxy`,
      'npx @modelcontextprotocol/inspector',
    ),
    {
      ...setup('ChatGPT', 'Plugins → + → Add custom MCP server, and enter this URL', url),
      needsPublicHttps: true,
    },
    setup('curl, protocol 2026-07-28', 'Run in a shell', modernCurl(url, shellHeader, example)),
    setup('curl, protocol 2025-11-25', 'Run in a shell', legacyCurl(url, shellHeader, example)),
  ]
}

/** Whether clients on the internet can reach this URL. */
export const isPublicHttps = (url: string): boolean =>
  url.startsWith('https:') && !/^(localhost|127\.|\[::1\])/.test(new URL(url).hostname)

/** Claude Desktop starts only local programs. It splits arguments at blanks, so the header's value is a variable. */
const desktopBridge = (url: string, sendsKey: boolean) => ({
  command: 'npx',
  args: ['-y', 'mcp-remote', url, ...(sendsKey ? ['--header', `Authorization:\${${tokenVariable}}`] : [])],
  ...(sendsKey && { env: { [tokenVariable]: 'Bearer <key>' } }),
})

/** @param todo instruction or file, without the colon at its end */
const setup = (client: string, todo: string, content: object | string): ClientSetup => ({
  client,
  todo: `${todo}:`,
  text: typeof content === 'string' ? content : JSON.stringify(content, null, 2),
})

const continueBlock = (name: string, url: string, sendsKey: boolean) => `name: ${name}
version: 0.0.1
schema: v1
mcpServers:
  - name: ${name}
    type: streamable-http
    url: ${url}${
      sendsKey
        ? `
    requestOptions:
      headers:
        Authorization: "Bearer \${{ secrets.${tokenVariable} }}"`
        : ''
    }`
