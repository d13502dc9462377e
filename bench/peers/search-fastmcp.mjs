import { FastMCP } from 'fastmcp'
import { address, input, search } from './search.mjs'

const server = new FastMCP({ name: 'search', version: '1.0.0' })
server.addTool({
  name: 'search',
  description: 'Searches the documents.',
  parameters: input,
  execute: async (args) => JSON.stringify(await search(args)),
})
await server.start({
  transportType: 'httpStream',
  httpStream: { ...address, endpoint: '/mcp', stateless: true },
})
