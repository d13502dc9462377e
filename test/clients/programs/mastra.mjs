import { MCPClient } from '@mastra/mcp'

const client = new MCPClient({ servers: { notes: { url: new URL(process.argv[2]) } } })
const { notes_search: search } = await client.listTools()
console.log(JSON.stringify(await search.execute({ query: 'circuit breaker' }, {})))
await client.disconnect()
