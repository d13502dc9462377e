import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'

const client = new Client(
  { name: 'compatibility', version: '1' },
  { versionNegotiation: { mode: process.argv[3] } },
)
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2])))
await client.listTools()
const { content } = await client.callTool({ name: 'search', arguments: { query: 'circuit breaker' } })
console.log(content[0].text)
await client.close()
