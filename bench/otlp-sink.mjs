/** A telemetry backend that discards all data. */
import { createServer } from 'node:http'

createServer((req, res) => {
  req.resume().once('end', () => res.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
}).listen(Number(process.env.PORT), '127.0.0.1')
