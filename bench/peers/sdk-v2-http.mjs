import { createServer } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { createEchoServer } from './echo-server.mjs'

const handler = createMcpHandler(createEchoServer, { legacy: 'stateless' })
createServer(toNodeHandler(handler)).listen(Number(process.env.PORT), '127.0.0.1')
