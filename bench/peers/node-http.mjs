/** The lower bound: parses the request, runs the tool and responds, without protocol checks. */
import { createServer } from 'node:http'

createServer(async (req, res) => {
  let text = ''
  for await (const chunk of req) text += chunk
  const { id, params } = JSON.parse(text)
  const result = { content: [{ type: 'text', text: params.arguments.message }], resultType: 'complete' }
  res.writeHead(200, { 'content-type': 'application/json' })
  res.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
}).listen(Number(process.env.PORT), '127.0.0.1')
