import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** An SDK v2 server with the tool that all candidates share. */
export function createEchoServer() {
  const mcp = new McpServer({ name: 'echo', version: '1.0.0' })
  mcp.registerTool(
    'echo',
    { description: 'Returns what it is given.', inputSchema: z.object({ message: z.string() }) },
    async ({ message }) => ({ content: [{ type: 'text', text: message }] }),
  )
  return mcp
}
