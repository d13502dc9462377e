/**
 * Client configurations, for the page at `/` and `npm start`. docs/guides/connect-a-client.md shows them for the
 * default address; a test compares both.
 */

export type AuthMode = 'none' | 'api-key' | 'oauth'

export interface ServerAddress {
  readonly name: string
  /** URL of the MCP endpoint. */
  readonly url: string
  readonly authMode: AuthMode
}

export interface ExampleCall {
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
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
  const shellHeader = authMode === 'none' ? [] : [`-H "Authorization: Bearer $${tokenVariable}"`]
  return [
    {
      client: 'Claude Code',
      todo: 'Run in a terminal:',
      text: `claude mcp add --transport http ${name} ${url}${sendsKey ? ` --header "Authorization: Bearer $${tokenVariable}"` : ''}`,
    },
    {
      client: 'Claude Desktop',
      todo: 'Settings → Connectors → Add custom connector, and enter this URL:',
      text: url,
      needsPublicHttps: true,
    },
    {
      client: 'VS Code',
      todo: '.vscode/mcp.json:',
      text: json({
        ...(sendsKey && {
          inputs: [{ type: 'promptString', id: 'token', description: 'API key', password: true }],
        }),
        servers: { [name]: { type: 'http', url, ...bearer(`\${input:token}`) } },
      }),
    },
    {
      client: 'Cursor',
      todo: '.cursor/mcp.json:',
      text: json({ mcpServers: { [name]: { url, ...bearer(`\${env:${tokenVariable}}`) } } }),
    },
    {
      client: 'MCP Inspector',
      todo: `Run this, choose the transport "Streamable HTTP", enter ${url} and connect via proxy:`,
      text: 'npx @modelcontextprotocol/inspector',
    },
    {
      client: 'ChatGPT',
      todo: 'Settings → Connectors, in developer mode: create a connector, and enter this URL:',
      text: url,
      needsPublicHttps: true,
    },
    {
      client: 'curl, protocol 2026-07-28',
      todo: 'Run in a shell:',
      text: modernCurl(url, shellHeader, example),
    },
    {
      client: 'curl, protocol 2025-11-25',
      todo: 'Run in a shell:',
      text: legacyCurl(url, shellHeader, example),
    },
  ]
}

/** Whether clients on the internet can reach this URL. */
export const isPublicHttps = (url: string): boolean =>
  url.startsWith('https:') && !/^(localhost|127\.|\[::1\])/.test(new URL(url).hostname)

function modernCurl(url: string, headers: readonly string[], example?: ExampleCall): string {
  return curl(
    url,
    [
      `-H 'MCP-Protocol-Version: 2026-07-28'`,
      `-H 'Mcp-Method: ${example ? 'tools/call' : 'tools/list'}'`,
      ...(example ? [`-H 'Mcp-Name: ${example.tool}'`] : []),
      ...headers,
    ],
    `{"jsonrpc":"2.0","id":1,"method":"${example ? 'tools/call' : 'tools/list'}","params":{${example ? `\n        ${callOf(example)},` : ''}
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
                 "io.modelcontextprotocol/clientCapabilities":{},
                 "io.modelcontextprotocol/clientInfo":{"name":"curl","version":"1"}}}}`,
  )
}

function legacyCurl(url: string, headers: readonly string[], example?: ExampleCall): string {
  return curl(
    url,
    [`-H 'MCP-Protocol-Version: 2025-11-25'`, ...headers],
    example
      ? `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{\n        ${callOf(example)}}}`
      : '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
  )
}

const callOf = ({ tool, arguments: given }: ExampleCall) =>
  `"name":${JSON.stringify(tool)},"arguments":${JSON.stringify(given)}`

function curl(url: string, headers: readonly string[], body: string): string {
  return [
    `curl -sS ${url}`,
    `-H 'Content-Type: application/json'`,
    `-H 'Accept: application/json, text/event-stream'`,
    ...headers,
    `-d '${body.replaceAll("'", String.raw`'\''`)}'`,
  ].join(' \\\n  ')
}

const json = (value: unknown) => JSON.stringify(value, null, 2)
