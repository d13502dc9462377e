import { MultiServerMCPClient } from '@langchain/mcp-adapters'

const client = new MultiServerMCPClient({ notes: { transport: 'http', url: process.argv[2] } })
const search = (await client.getTools()).find(({ name }) => name === 'search')
console.log(JSON.stringify(await search.invoke({ query: 'circuit breaker' })))
await client.close()
