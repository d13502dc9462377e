import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createBroadcast } from '../../src/redis/broadcast.ts'
import { createCache } from '../../src/redis/cache.ts'
import { becomesReady, closeRedis, createRedis, type RedisClient } from '../../src/redis/client.ts'
import { afterFile } from '../support/cleanup.ts'
import { silentLogger as logger } from '../support/logger.ts'
import {
  redisServerMissing,
  startRedisCluster,
  startRedisServer,
  startSentinelGroup,
  waitUntil,
} from '../support/redis-servers.ts'
import { noopMetrics as metrics } from '../support/telemetry-fixtures.ts'

function create(url: string): RedisClient {
  const redis = createRedis({ url, logger, metrics })
  afterFile(() => redis.disconnect())
  return redis
}

async function connectTo(url: string): Promise<RedisClient> {
  const redis = create(url)
  assert.ok(await becomesReady(redis, 5_000), 'connected')
  return redis
}

/** What another replica receives of this one's events. */
async function listen(url: string): Promise<unknown[]> {
  const received: unknown[] = []
  const subscriber = create(url)
  const broadcast = createBroadcast({ publisher: subscriber, subscriber, logger })
  broadcast.onMessage((message) => received.push(message))
  await becomesReady(subscriber, 5_000)
  await delay(200)
  return received
}

describe('behind sentinels', { skip: redisServerMissing }, () => {
  it('the cache and the events find the primary, and its successor after a failover', async () => {
    const group = await startSentinelGroup('mymaster', { password: 's3cret' })
    const url = `redis+sentinel://:s3cret@127.0.0.1:1,127.0.0.1:${group.sentinel.port}/mymaster`
    const redis = await connectTo(url)
    const cache = createCache({ redis, logger, metrics })
    const publisher = createBroadcast({ publisher: redis, logger })
    const received = await listen(url)

    await cache.set('a', await cache.get('a', 'documents'), 'before', 60)
    assert.equal((await cache.get('a', 'documents')).value, 'before')
    await waitUntil(async () => (await group.replica.admin.exists('mcp:cache:entry::a')) === 1)

    await group.primary.kill()
    const began = performance.now()
    await assert.rejects(async () => redis.ping())
    assert.ok(performance.now() - began < 1_000, 'a command fails at once while there is no primary')
    await waitUntil(async () => (await cache.get('a', 'documents')).value === 'before')
    assert.ok(performance.now() - began < 10_000, `failover took ${performance.now() - began} ms`)

    await cache.invalidate('documents')
    assert.equal((await cache.get('a', 'documents')).value, undefined)
    await waitUntil(async () => {
      publisher.send('after')
      await delay(100)
      return received.includes('after')
    })
    await closeRedis(redis)
  })

  it('a database is chosen as with one server', async () => {
    const { sentinel, primary } = await startSentinelGroup('other')
    const redis = await connectTo(`redis+sentinel://127.0.0.1:${sentinel.port}/other/3`)
    await redis.set('here', '1')
    await primary.admin.select(3)
    assert.equal(await primary.admin.get('here'), '1')
  })
})

describe('an address that leads to another primary after a failover', { skip: redisServerMissing }, () => {
  it('is connected to anew when the old one refuses to write', async () => {
    const [before, after] = [await startRedisServer(), await startRedisServer()]
    let { port } = before
    const sockets = new Set<Socket>()
    const address = createServer((socket) => {
      const server = connect(port, '127.0.0.1')
      for (const end of [socket, server]) sockets.add(end.on('error', () => {}))
      socket.pipe(server).pipe(socket)
    }).listen(0, '127.0.0.1')
    await once(address, 'listening')
    afterFile(() => {
      for (const socket of sockets) socket.destroy()
      address.close()
    })
    const redis = await connectTo(`redis://127.0.0.1:${(address.address() as { port: number }).port}`)
    await redis.set('a', '1')

    port = after.port
    await before.admin.replicaof('127.0.0.1', after.port)
    await waitUntil(async () => (await redis.set('a', '2')) === 'OK')
    assert.equal(await after.admin.get('a'), '2')
  })
})

describe('in a cluster', { skip: redisServerMissing }, () => {
  it('the cache and the events work on every node, and without one of them', async () => {
    const nodes = await startRedisCluster()
    const url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`
    const redis = await connectTo(url)
    const here = createCache({ redis, logger, metrics })
    const there = createCache({ redis: await connectTo(url), logger, metrics })
    const keys = Array.from({ length: 30 }, (_, index) => `key ${index}`)
    const hits = async () => {
      const lookups = await Promise.all(keys.map((key) => there.get(key, 'documents')))
      return lookups.filter(({ result }) => result === 'hit').length
    }

    for (const key of keys) await here.set(key, await here.get(key, 'documents'), key, 60)
    assert.equal(await hits(), keys.length)
    for (const { admin } of nodes) assert.ok((await admin.dbsize()) > 0, 'every node has a share')
    await here.invalidate('documents')
    assert.equal(await hits(), 0)

    const received = await Promise.all([listen(url), listen(url), listen(url)])
    const publisher = createBroadcast({ publisher: redis, logger })
    publisher.send('to all')
    await waitUntil(async () => received.every((messages) => messages.includes('to all')))

    const slot = Number(await nodes[0]?.admin.call('cluster', 'keyslot', 'mcp:cache:generation:documents'))
    // Without the node of the generation nothing of its tag would be found.
    await nodes[slot < 16_384 / 3 ? 1 : 0]?.kill()
    const began = performance.now()
    const lookups = await Promise.all(keys.map((key) => here.get(key, 'documents')))
    assert.ok(performance.now() - began < 4_000, `${performance.now() - began} ms`)
    assert.ok(
      lookups.some(({ result }) => result === 'miss'),
      'what the others have is still there',
    )
    await waitUntil(async () => {
      publisher.send('to those who are left')
      await delay(100)
      return received.every((messages) => messages.includes('to those who are left'))
    })
    await closeRedis(redis)
  })
})
