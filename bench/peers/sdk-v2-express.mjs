import { createMcpExpressApp } from '@modelcontextprotocol/express'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { createEchoServer } from './echo-server.mjs'

const handle = toNodeHandler(createMcpHandler(createEchoServer, { legacy: 'stateless' }))
const app = createMcpExpressApp()
app.all('/mcp', (req, res) => handle(req, res, req.body))
app.listen(Number(process.env.PORT), '127.0.0.1')
