export interface ExampleCall {
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/** A `tools/call` of 2026-07-28, or `tools/list` without an example. */
export function modernCurl(url: string, headers: readonly string[], example?: ExampleCall): string {
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

/** The same in 2025-11-25. */
export function legacyCurl(url: string, headers: readonly string[], example?: ExampleCall): string {
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
