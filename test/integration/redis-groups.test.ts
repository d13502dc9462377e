import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { createBroadcast } from '../../src/redis/broadcast.ts'
import { createCache } from '../../src/redis/cache.ts'
import { closeRedis, createRedis, type RedisClient, waitUntilReady } from '../../src/redis/client.ts'
import { createRateLimiter, perMinute } from '../../src/redis/rate-limiter.ts'
import { afterFile } from '../support/cleanup.ts'
import { silentLogger as logger, recordingLogger } from '../support/logger.ts'
import {
  redisServerMissing,
  startRedisCluster,
  startRedisServer,
  startSentinelGroup,
  waitUntil,
} from '../support/redis-servers.ts'
import { noopMetrics as metrics } from '../support/telemetry-fixtures.ts'

function createClient(url: string): RedisClient {
  const redis = createRedis({ url, logger, metrics })
  afterFile(() => redis.disconnect())
  return redis
}

async function connectTo(url: string): Promise<RedisClient> {
  const redis = createClient(url)
  assert.ok(await waitUntilReady(redis, 5_000), 'Redis was not ready within 5 s')
  return redis
}

/** Collects the broadcast messages that another replica receives. */
async function collectMessages(url: string): Promise<unknown[]> {
  const received: unknown[] = []
  const subscriber = createClient(url)
  const broadcast = createBroadcast({
    publisher: subscriber,
    channel: 'mcp:events',
    subscriber,
    logger,
    metrics,
  })
  broadcast.onMessage((message) => received.push(message))
  await waitUntilReady(subscriber, 5_000)
  return received
}

describe('Redis with Sentinel', { skip: redisServerMissing }, () => {
  it('serves cache and broadcast from the primary, and from the new primary after a failover', async () => {
    const group = await startSentinelGroup('mymaster', { password: 's3cret' })
    const url = `redis+sentinel://:s3cret@127.0.0.1:1,127.0.0.1:${group.sentinel.port}/mymaster`
    const redis = await connectTo(url)
    const cache = createCache({ redis, logger })
    const publisher = createBroadcast({ publisher: redis, channel: 'mcp:events', logger, metrics })
    const received = await collectMessages(url)

    await cache.set('a', await cache.get('a', 'documents'), 'before', 60)
    assert.equal((await cache.get('a', 'documents')).value, 'before')
    await waitUntil(async () => (await group.replica.admin.exists('mcp:cache:entry::a')) === 1)

    await group.primary.kill()
    const startedAtMs = performance.now()
    await assert.rejects(async () => redis.ping())
    assert.ok(performance.now() - startedAtMs < 1_000, 'a command waited while there was no primary')
    await waitUntil(async () => (await cache.get('a', 'documents')).value === 'before')
    assert.ok(performance.now() - startedAtMs < 10_000, `failover took ${performance.now() - startedAtMs} ms`)

    await cache.invalidate('documents')
    assert.equal((await cache.get('a', 'documents')).value, undefined)
    await waitUntil(async () => {
      publisher.send('after')
      return received.includes('after')
    })
    await closeRedis(redis)
  })

  it('selects the database number of the URL', async () => {
    const { sentinel, primary } = await startSentinelGroup('other')
    const redis = await connectTo(`redis+sentinel://127.0.0.1:${sentinel.port}/other/3`)
    await redis.set('a', '1')
    await primary.admin.select(3)
    assert.equal(await primary.admin.get('a'), '1')
  })
})

describe('a Redis endpoint that moves to another primary', { skip: redisServerMissing }, () => {
  it('gets a new connection when the old primary rejects writes', async () => {
    const [before, after] = [await startRedisServer(), await startRedisServer()]
    let { port } = before
    const sockets = new Set<Socket>()
    const proxy = createServer((socket) => {
      const server = connect(port, '127.0.0.1')
      for (const end of [socket, server]) sockets.add(end.on('error', () => {}))
      socket.pipe(server).pipe(socket)
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    afterFile(() => {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    })
    const redis = await connectTo(`redis://127.0.0.1:${(proxy.address() as { port: number }).port}`)
    await redis.set('a', '1')

    port = after.port
    await before.admin.replicaof('127.0.0.1', after.port)
    await waitUntil(async () => (await redis.set('a', '2')) === 'OK')
    assert.equal(await after.admin.get('a'), '2')
  })
})

describe('Redis Cluster', { skip: redisServerMissing }, () => {
  it('serves cache and broadcast on every node, also when one node is down', async () => {
    const nodes = await startRedisCluster()
    const url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`
    const redis = await connectTo(url)
    const replicaA = createCache({ redis, logger })
    const replicaB = createCache({ redis: await connectTo(url), logger })
    const keys = Array.from({ length: 30 }, (_, index) => `key ${index}`)
    const hits = async () => {
      const reads = await Promise.all(keys.map((key) => replicaB.get(key, 'documents')))
      return reads.filter(({ result }) => result === 'hit').length
    }

    for (const key of keys) await replicaA.set(key, await replicaA.get(key, 'documents'), key, 60)
    assert.equal(await hits(), keys.length)
    for (const { admin } of nodes) assert.ok((await admin.dbsize()) > 0, 'a node stores no entries')
    await replicaA.invalidate('documents')
    assert.equal(await hits(), 0)

    const received = await Promise.all([collectMessages(url), collectMessages(url), collectMessages(url)])
    const publisher = createBroadcast({ publisher: redis, channel: 'mcp:events', logger, metrics })
    await waitUntil(async () => {
      publisher.send('to all')
      return received.every((messages) => messages.includes('to all'))
    })

    const slot = Number(await nodes[0]?.admin.call('cluster', 'keyslot', 'mcp:cache:generation:documents'))
    // Keep the node that stores the generation; without it every read of the tag misses.
    await nodes[slot < 16_384 / 3 ? 1 : 0]?.kill()
    const startedAtMs = performance.now()
    const reads = await Promise.all(keys.map((key) => replicaA.get(key, 'documents')))
    assert.ok(performance.now() - startedAtMs < 4_000, `${performance.now() - startedAtMs} ms`)
    assert.ok(
      reads.some(({ result }) => result === 'miss'),
      'no entry of the remaining nodes is readable',
    )
    await waitUntil(async () => {
      publisher.send('after a node failure')
      return received.every((messages) => messages.includes('after a node failure'))
    })
    await closeRedis(redis)
  })

  it('counts the quotas of a caller on every node, also while its slot moves to another', async () => {
    const nodes = await startRedisCluster()
    const url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`
    const { logger, lines } = recordingLogger()
    const limiters = [await connectTo(url), await connectTo(url)].map((redis) =>
      createRateLimiter({ redis, namespace: 'a', logger, metrics }),
    )
    const owners = [...Array(30).keys()].map((n) => `key:${n}`)
    const tool = perMinute('tool', 5)
    const uses = [
      { quota: perMinute('caller', 9), points: 1 },
      { quota: tool, of: 'search', points: 2 },
      { quota: tool, of: 'fetch', points: 3 },
    ]
    const remainingOf = async (limiter: (typeof limiters)[number] | undefined, owner: string) =>
      (await limiter?.consume(owner, uses))?.map(({ remaining }) => remaining)
    for (const owner of owners) assert.deepEqual(await remainingOf(limiters[0], owner), [8, 3, 2])
    for (const owner of owners) assert.deepEqual(await remainingOf(limiters[1], owner), [7, 1, 0])
    for (const { admin } of nodes) assert.ok((await admin.dbsize()) > 0, 'a node has no counters')

    const key = 'mcp:rate:a:key:0'
    const slot = Number(await nodes[0]?.admin.call('cluster', 'keyslot', key))
    const counts = await Promise.all(nodes.map(({ admin }) => admin.call('cluster', 'countkeysinslot', slot)))
    const [source, target] = [...nodes].sort(
      (a, b) => Number(counts[nodes.indexOf(b)]) - Number(counts[nodes.indexOf(a)]),
    )
    const idOf = (node: typeof source) => node?.admin.call('cluster', 'myid') as Promise<string>
    await target?.admin.call('cluster', 'setslot', slot, 'importing', await idOf(source))
    await source?.admin.call('cluster', 'setslot', slot, 'migrating', await idOf(target))
    assert.deepEqual(await remainingOf(limiters[0], 'key:0'), [6, 0, 0])
    await source?.admin.del(key)
    for (const left of [
      [8, 3, 2],
      [7, 1, 0],
    ])
      assert.deepEqual(await remainingOf(limiters[0], 'key:0'), left)
    assert.deepEqual(lines, [], 'a move made the process count by itself')
    // The source still redirects to the target. An unhandled rejection would fail this test, and end a server.
    await target?.kill()
    assert.equal((await remainingOf(limiters[0], 'key:0'))?.length, 3)
  })
})
