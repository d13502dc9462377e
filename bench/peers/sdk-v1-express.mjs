/** Stateless mode as in the SDK v1 example: one server and transport per request. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import express from 'express'
import { z } from 'zod'

const app = express()
app.use(express.json())
app.post('/mcp', async (req, res) => {
  const mcp = new McpServer({ name: 'echo', version: '1.0.0' })
  mcp.registerTool(
    'echo',
    { description: 'Returns what it is given.', inputSchema: { message: z.string() } },
    async ({ message }) => ({ content: [{ type: 'text', text: message }] }),
  )
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  res.on('close', () => {
    transport.close()
    mcp.close()
  })
  await mcp.connect(transport)
  await transport.handleRequest(req, res, req.body)
})
app.listen(Number(process.env.PORT), '127.0.0.1')
