import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const client = new Client({ name: 'compatibility', version: '1' })
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2])))
await client.listTools()
const { content } = await client.callTool({ name: 'search', arguments: { query: 'circuit breaker' } })
console.log(content[0].text)
await client.close()
