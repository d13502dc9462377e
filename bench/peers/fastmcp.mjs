import { FastMCP } from 'fastmcp'
import { z } from 'zod'

const server = new FastMCP({ name: 'echo', version: '1.0.0' })
server.addTool({
  name: 'echo',
  description: 'Returns what it is given.',
  parameters: z.object({ message: z.string() }),
  execute: async ({ message }) => message,
})
await server.start({
  transportType: 'httpStream',
  httpStream: { port: Number(process.env.PORT), host: '127.0.0.1', endpoint: '/mcp', stateless: true },
})
