import { createMcpExpressApp } from '@modelcontextprotocol/express'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { address, input, search } from './search.mjs'

const result = z.object({ id: z.string(), title: z.string(), url: z.string(), snippet: z.string() })
const output = z.object({ results: z.array(result), note: z.string().optional() })

function createSearchServer() {
  const mcp = new McpServer({ name: 'search', version: '1.0.0' })
  mcp.registerTool(
    'search',
    { description: 'Searches the documents.', inputSchema: input, outputSchema: output },
    async (args) => {
      const structuredContent = await search(args)
      return { structuredContent, content: [{ type: 'text', text: JSON.stringify(structuredContent) }] }
    },
  )
  return mcp
}

const handle = toNodeHandler(createMcpHandler(createSearchServer, { legacy: 'stateless' }))
const app = createMcpExpressApp()
app.all('/mcp', (req, res) => handle(req, res, req.body))
app.listen(address.port, address.host)
