import { createMCPClient } from '@ai-sdk/mcp'

const client = await createMCPClient({ transport: { type: 'http', url: process.argv[2] } })
const { search } = await client.tools()
const result = await search.execute({ query: 'circuit breaker' }, { toolCallId: '1', messages: [] })
console.log(JSON.stringify(result))
await client.close()
