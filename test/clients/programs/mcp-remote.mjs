import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'

const client = new Client({ name: 'compatibility', version: '1' })
const bridge = ['node_modules/mcp-remote/dist/proxy.js', process.argv[2]]
await client.connect(new StdioClientTransport({ command: process.execPath, args: bridge }))
await client.listTools()
const { content } = await client.callTool({ name: 'search', arguments: { query: 'circuit breaker' } })
console.log(content[0].text)
await client.close()
