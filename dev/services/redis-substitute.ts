/** `redis-substitute.ts PORT`: runs js-redis-server in its own process, for machines without a Redis. */
import { createServer } from 'node:net'
import {
  attachSession,
  createRedisCommandExecutor,
  RedisServerState,
  resolveCompatibilityProfile,
  SocketConnectionTransport,
} from 'js-redis-server/core'

const compatibility = resolveCompatibilityProfile('redis-7.2')
const state = new RedisServerState({ databaseCount: 16, compatibility })
const executor = createRedisCommandExecutor({ compatibility })

// The server class of the package listens on every interface.
const server = createServer((socket) => {
  socket.setNoDelay()
  socket.on('error', () => {})
  const clientAddress = `${socket.remoteAddress}:${socket.remotePort}`
  attachSession(new SocketConnectionTransport(socket), { state, executor, clientAddress })
})
server.listen(Number(process.argv[2]), '127.0.0.1')
