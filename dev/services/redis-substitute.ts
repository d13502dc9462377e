/** Runs js-redis-server as a process of its own, for machines without a Redis: `redis-substitute.ts PORT`. */
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

// Not its own server class, which listens on every interface.
const server = createServer((socket) => {
  socket.setNoDelay()
  socket.on('error', () => {})
  const clientAddress = `${socket.remoteAddress}:${socket.remotePort}`
  attachSession(new SocketConnectionTransport(socket), { state, executor, clientAddress })
})
server.listen(Number(process.argv[2]), '127.0.0.1')
