/** `redis-substitute.ts FILE`: runs js-redis-server as a configuration file says, for machines without a Redis. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import {
  attachSession,
  createRedisCommandExecutor,
  RedisServerState,
  resolveCompatibilityProfile,
  SocketConnectionTransport,
} from 'js-redis-server/core'

const settings = Object.fromEntries(
  readFileSync(process.argv[2] ?? '', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')),
)
const compatibility = resolveCompatibilityProfile('redis-7.2')
const state = new RedisServerState({
  databaseCount: 16,
  compatibility,
  requirepass: settings.requirepass,
})
const executor = createRedisCommandExecutor({ compatibility })

// The server class of the package listens on every interface.
const server = createServer((socket) => {
  socket.setNoDelay()
  socket.on('error', () => {})
  const clientAddress = `${socket.remoteAddress}:${socket.remotePort}`
  attachSession(new SocketConnectionTransport(socket), { state, executor, clientAddress })
})
server.listen(Number(settings.port), settings.bind)
