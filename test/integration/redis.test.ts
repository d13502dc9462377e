import assert from 'node:assert/strict'
import { once } from 'node:events'
import { before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createCancellations } from '../../src/mcp/cancellation.ts'
import { createEventBus } from '../../src/mcp/event-bus.ts'
import { type BroadcastOptions, createBroadcast } from '../../src/redis/broadcast.ts'
import { createCache } from '../../src/redis/cache.ts'
import { closeRedis, createRedis, type RedisClient, waitUntilReady } from '../../src/redis/client.ts'
import { createMetrics } from '../../src/telemetry/metrics/metrics.ts'
import { createPrometheus } from '../../src/telemetry/metrics/prometheus.ts'
import { afterFile } from '../support/cleanup.ts'
import { silentLogger as logger, recordingLogger } from '../support/logger.ts'
import { startTestRedis } from '../support/redis.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { noopMetrics as metrics } from '../support/telemetry-fixtures.ts'
import { until } from '../support/until.ts'

let url: string
async function connect(to = url): Promise<RedisClient> {
  const redis = createRedis({ url: to, logger, metrics })
  afterFile(() => redis.disconnect())
  await waitUntilReady(redis, 2_000)
  return redis
}

before(async () => {
  url = (await startTestRedis()).url
})

describe('the cache', () => {
  it('stores a value with its TTL', async () => {
    const redis = await connect()
    const cache = createCache({ redis, logger })
    await cache.set('a', await cache.get('a', 'documents'), { text: 'ü' }, 60)
    assert.deepEqual((await cache.get('a', 'documents')).value, { text: 'ü' })
    const leftMs = await redis.pttl('mcp:cache:entry::a')
    assert.ok(leftMs > 30_000 && leftMs <= 60_000, `${leftMs} ms`)
  })

  it('invalidates all entries of a tag on all replicas, and no others', async () => {
    const [replicaA, replicaB] = [
      createCache({ redis: await connect(), logger }),
      createCache({ redis: await connect(), logger }),
    ]
    await replicaA.set('b', await replicaA.get('b', 'documents'), 1, 60)
    await replicaA.set('c', await replicaA.get('c', 'none'), 2, 60)
    await replicaB.invalidate('documents')
    assert.equal((await replicaA.get('b', 'documents')).value, undefined)
    assert.equal((await replicaA.get('c', 'none')).value, 2)
  })

  it('does not store a value computed before an invalidation', async () => {
    const cache = createCache({ redis: await connect(), logger })
    const before = await cache.get('d', 'documents')
    await cache.invalidate('documents')
    await cache.set('d', before, 'old', 60)
    assert.equal((await cache.get('d', 'documents')).value, undefined)
  })

  it('serves no entry of a generation that Redis lost', async () => {
    const redis = await connect()
    const cache = createCache({ redis, logger })
    await redis.del('mcp:cache:generation:lost')
    await cache.set('e', await cache.get('e', 'lost'), 'old', 60)
    assert.equal((await cache.get('e', 'lost')).value, 'old')
    for (let times = 0; times < 2; times++) {
      await redis.del('mcp:cache:generation:lost')
      assert.equal((await cache.get('e', 'lost')).value, undefined)
    }
  })

  it('invalidates entries although Redis has no memory for a new generation', async () => {
    const redis = await connect()
    const cache = createCache({ redis, logger })
    await cache.set('f', await cache.get('f', 'full'), 'old', 60)
    assert.equal((await cache.get('f', 'full')).value, 'old')
    redis.set = (() => Promise.reject(new Error('OOM command not allowed'))) as never
    await cache.invalidate('full')
    assert.equal((await cache.get('f', 'full')).value, undefined)
  })

  it('reads as error and discards writes when Redis is unavailable', async () => {
    const cache = createCache({ redis: await connect('redis://127.0.0.1:1'), logger })
    const startedAtMs = performance.now()
    const read = await cache.get('a', 'documents')
    assert.deepEqual(read, { result: 'error' })
    await cache.set('a', read, 1, 60)
    await cache.invalidate('documents')
    assert.ok(performance.now() - startedAtMs < 5_000)
  })

  it('reads a corrupt entry as error', async () => {
    const redis = await connect()
    await redis.set('mcp:cache:entry::e', '{broken')
    assert.equal((await createCache({ redis, logger }).get('e', 'documents')).result, 'error')
  })
})

describe('the Redis client', () => {
  it('closes a connection that was lost a moment ago', async () => {
    const redis = await connect()
    ;(redis as Redis).stream.end()
    await Promise.all([once(redis, 'end'), closeRedis(redis)])
  })

  it('logs the loss of its connection and its return once, not each attempt', async () => {
    const proxy = await startTcpProxy(url)
    const { logger, lines } = recordingLogger()
    const redis = createRedis({ url: proxy.url, logger, metrics }) as Redis
    afterFile(() => redis.disconnect())
    await waitUntilReady(redis, 2_000)
    redis.options.retryStrategy = () => 1
    let failures = 0
    redis.on('error', () => failures++)
    proxy.cut()
    await until(() => failures >= 3)
    await proxy.restore()
    await until(() => lines.length > 1)
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [
        ['warn', 'redis became unreachable'],
        ['info', 'redis connection restored'],
      ],
    )
  })

  it('sends the commands of one event-loop turn in one write', async () => {
    const redis = (await connect()) as Redis
    const { stream } = redis
    let writes = 0
    for (const name of ['_write', '_writev'] as const) {
      const write = stream[name]?.bind(stream) as (...args: unknown[]) => void
      stream[name] = (...args: unknown[]) => {
        writes++
        write(...args)
      }
    }
    assert.deepEqual(await Promise.all([redis.ping('a'), redis.ping('b'), redis.ping('c')]), ['a', 'b', 'c'])
    assert.equal(writes, 1)
    assert.equal(await redis.ping('d'), 'd')
    assert.equal(writes, 2)
  })
})

describe('the broadcast', () => {
  it('reaches the other replicas but not its sender', async () => {
    const received = { a: [] as unknown[], b: [] as unknown[] }
    const [a, b] = await Promise.all(
      (['a', 'b'] as const).map(async (name) => {
        const broadcast = createBroadcast({
          publisher: await connect(),
          subscriber: createSubscriber(),
          channel: 'mcp:events',
          logger,
          metrics,
        })
        broadcast.onMessage((message) => received[name].push(message))
        return broadcast
      }),
    )
    await until(() => {
      b?.send('first of b')
      return received.a.length > 0
    })
    await until(() => {
      a?.send('of a')
      return received.b.length > 0
    })
    b?.send('last of b')
    await until(() => received.a.includes('last of b'))
    assert.deepEqual(new Set(received.a), new Set(['first of b', 'last of b']))
    assert.deepEqual(new Set(received.b), new Set(['of a']))
  })

  it('reaches a replica whose connection broke before its subscription was confirmed', async () => {
    const proxy = await startTcpProxy(url)
    const received: unknown[] = []
    const subscriber = createSubscriber(proxy.url)
    createBroadcast({
      publisher: await connect(),
      subscriber,
      channel: 'mcp:events',
      logger,
      metrics,
    }).onMessage((message) => received.push(message))
    await waitUntilReady(subscriber, 2_000)
    proxy.cut()
    await proxy.restore()
    const sender = createBroadcast({ publisher: await connect(), channel: 'mcp:events', logger, metrics })
    await until(() => {
      sender.send('event')
      return received.length > 0
    })
    assert.equal(received[0], 'event')
  })

  it('drops and counts invalid messages, and survives a listener that throws', async () => {
    const redis = await connect()
    const received: unknown[] = []
    const { metrics, dropped } = countingMetrics()
    createBroadcast({
      publisher: redis,
      channel: 'mcp:events',
      subscriber: createSubscriber(),
      logger,
      metrics,
    }).onMessage((message) => {
      received.push(message)
      if (message === 'bad') throw new Error('listener failure')
    })
    const publish = (text: string) => redis.publish('mcp:events', text)
    await until(async () => {
      await publish('{"from":"a","message":"ready"}')
      return received.length > 0
    })
    for (const text of ['x', 'null', '{}', '{"from":"a","message":"bad"}', '{"from":"a","message":"good"}'])
      await publish(text)
    await until(() => received.includes('good'))
    assert.deepEqual(
      received.filter((message) => message !== 'ready'),
      [undefined, 'bad', 'good'],
    )
    assert.deepEqual(await dropped(), { 'change invalid': 3, 'change publish': 0 })
  })

  it('counts messages that Redis did not accept, by kind', async () => {
    const { metrics, dropped } = countingMetrics()
    const publisher = await connect('redis://127.0.0.1:1')
    for (const channel of ['mcp:events', 'mcp:cancellations'] as const)
      createBroadcast({ publisher, channel, logger, metrics }).send('lost')
    await until(async () => (await dropped())['cancellation publish'] === 1)
    assert.deepEqual(await dropped(), {
      'change publish': 1,
      'change invalid': 0,
      'cancellation publish': 1,
      'cancellation invalid': 0,
    })
  })

  it('drops and counts messages that only another release knows', async () => {
    const publisher = await connect()
    const { metrics, dropped } = countingMetrics()
    const broadcastOn = (channel: BroadcastOptions['channel']) =>
      createBroadcast({ publisher, subscriber: createSubscriber(), channel, logger, metrics })
    const seen = new Set<string>()
    createEventBus({ broadcast: broadcastOn('mcp:events'), logger, metrics }).subscribe(({ kind }) =>
      seen.add(kind),
    )
    createCancellations(broadcastOn('mcp:cancellations'))
    const publish = (channel: BroadcastOptions['channel'], message: object) =>
      publisher.publish(channel, JSON.stringify({ from: 'another release', message }))
    await until(async () => {
      await publish('mcp:events', { kind: 'invented' })
      await publish('mcp:events', { kind: 'tools_list_changed' })
      await publish('mcp:cancellations', { invented: true })
      const counts = await dropped()
      const invalid = [counts['change invalid'], counts['cancellation invalid']]
      return seen.has('tools_list_changed') && invalid.every((count) => Number(count) > 0)
    })
    assert.deepEqual([...seen], ['tools_list_changed'])
  })

  it('counts events that a stream did not take', async () => {
    const { metrics, dropped } = countingMetrics()
    const broadcast = createBroadcast({ publisher: await connect(), channel: 'mcp:events', logger, metrics })
    const bus = createEventBus({ broadcast, logger, metrics })
    bus.subscribe(() => {
      throw new Error('the stream is broken')
    })
    bus.publish({ kind: 'resources_list_changed' })
    assert.deepEqual(await dropped(), { 'change publish': 0, 'change invalid': 0, 'change stream': 1 })
  })

  function countingMetrics() {
    const prometheus = createPrometheus({ nodeMetrics: false })
    async function dropped(): Promise<Record<string, number>> {
      const { body } = await prometheus.render(undefined)
      const lines = body.matchAll(/^mcp_events_dropped_total\{event="(\w+)",reason="(\w+)"\} (\d+)$/gm)
      return Object.fromEntries(
        [...lines].map(([, event, reason, count]) => [`${event} ${reason}`, Number(count)]),
      )
    }
    return { metrics: createMetrics([prometheus]), dropped }
  }

  function createSubscriber(to = url): RedisClient {
    const redis = createRedis({ url: to, logger, metrics })
    afterFile(() => redis.disconnect())
    return redis
  }
})
