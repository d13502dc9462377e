import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createBroadcast } from '../../src/redis/broadcast.ts'
import { createCache } from '../../src/redis/cache.ts'
import { closeRedis, createRedis, waitUntilReady } from '../../src/redis/client.ts'
import { checkPermissions } from '../../src/redis/permissions.ts'
import { createRateLimiter, perMinute } from '../../src/redis/rate-limiter.ts'
import { createMetrics } from '../../src/telemetry/metrics/metrics.ts'
import { createPrometheus } from '../../src/telemetry/metrics/prometheus.ts'
import { afterFile } from '../support/cleanup.ts'
import { recordingLogger } from '../support/logger.ts'
import {
  redisServerMissing,
  startRedisCluster,
  startRedisServer,
  waitUntil,
} from '../support/redis-servers.ts'
import { noopMetrics } from '../support/telemetry-fixtures.ts'

const guide = readFileSync('docs/guides/managed-stores.md', 'utf8')
const oneOfFive = [{ quota: perMinute('caller', 5), points: 1 }]
const documentedRules = /^~mcp:.*$/m.exec(guide)?.[0].split(' ') ?? []

async function connectAs(rules: readonly string[]) {
  const { port, admin } = await startRedisServer({ save: '', appendonly: 'no' })
  await admin.call('acl', 'setuser', 'mcp', 'on', '>hunter2', ...rules)
  const { logger, lines } = recordingLogger()
  const prometheus = createPrometheus({ nodeMetrics: false })
  const metrics = createMetrics([prometheus])
  const url = `redis://mcp:hunter2@127.0.0.1:${port}`
  const redis = createRedis({ url, logger, metrics })
  afterFile(() => closeRedis(redis))
  checkPermissions(redis, logger)
  await waitUntilReady(redis, 5_000)
  const warnings = () => lines.filter(({ level }) => level === 'warn')
  const metric = async (name: string) => {
    metrics.collect()
    return new RegExp(`^${name} (\\S+)$`, 'm').exec((await prometheus.render(undefined)).body)?.[1]
  }
  return { redis, admin, logger, metrics, url, warnings, metric }
}

describe('the permissions of the Redis user', { skip: redisServerMissing }, () => {
  it('are enough if they are those of the guide', async () => {
    const { redis, admin, logger, metrics, url, warnings, metric } = await connectAs(documentedRules)
    const subscriber = createRedis({ url, logger, metrics })
    afterFile(() => closeRedis(subscriber))
    const channel = 'mcp:events'
    const received: unknown[] = []
    createBroadcast({ publisher: redis, subscriber, channel, logger, metrics }).onMessage((message) =>
      received.push(message),
    )
    await waitUntilReady(subscriber, 5_000)
    const sender = createBroadcast({ publisher: redis, channel, logger, metrics })
    await waitUntil(async () => {
      sender.send('event')
      return received.length > 0
    })
    const cache = createCache({ redis, logger })
    await cache.set('key', await cache.get('key', 'tag'), 'value', 60)
    assert.equal((await cache.get('key', 'tag')).value, 'value')
    await cache.invalidate('tag')
    assert.equal((await cache.get('key', 'tag')).result, 'miss')
    const limiter = createRateLimiter({ redis, namespace: 'a', logger, metrics })
    assert.equal((await limiter.consume('ann', oneOfFive))[0]?.remaining, 4)
    await closeRedis(redis)
    assert.deepEqual(warnings(), [])
    assert.equal(await metric('mcp_rate_limit_fallback'), '0')
    // What Redis denied, also to the driver.
    const log = (await admin.call('acl', 'log')) as unknown[]
    assert.deepEqual(
      log.filter((entry) => !JSON.stringify(entry).includes('client|setinfo')),
      [],
    )
  })

  it('are enough in a cluster, too', async () => {
    const nodes = await startRedisCluster()
    for (const { admin } of nodes)
      await admin.call('acl', 'setuser', 'mcp', 'on', '>hunter2', ...documentedRules)
    const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')
    const { logger, lines } = recordingLogger()
    const redis = createRedis({ url: `redis+cluster://mcp:hunter2@${hosts}`, logger, metrics: noopMetrics })
    afterFile(() => redis.disconnect())
    assert.ok(await waitUntilReady(redis, 5_000))
    checkPermissions(redis, logger)
    const limiter = createRateLimiter({ redis, namespace: 'a', logger, metrics: noopMetrics })
    for (const owner of ['ann', 'bob', 'eve'])
      assert.equal((await limiter.consume(owner, oneOfFive))[0]?.remaining, 4)
    assert.deepEqual(
      lines.filter(({ level }) => level !== 'info'),
      [],
    )
    for (const { admin } of nodes) {
      const log = (await admin.call('acl', 'log')) as unknown[]
      assert.deepEqual(
        log.filter((entry) => !/client\|set(info|name)/.test(JSON.stringify(entry))),
        [],
      )
    }
  })

  it('are reported in one warning if some are missing, and rate limits fall back visibly', async () => {
    const rules = documentedRules.filter((rule) => !['+evalsha', '+eval', '+publish'].includes(rule))
    const { redis, logger, metrics, warnings, metric } = await connectAs(rules)
    await waitUntil(async () => warnings().length > 0)
    const [warning, ...others] = warnings()
    assert.match(String(warning?.message), /^the Redis user lacks permissions/)
    const denied = ((warning?.denied ?? []) as string[]).map((text) => text.split(':')[0])
    assert.deepEqual([...new Set(denied)], ['rate limits', 'events'])
    assert.deepEqual(others, [])
    const limiter = createRateLimiter({ redis, namespace: 'a', logger, metrics })
    assert.equal(await metric('mcp_rate_limit_fallback'), '0')
    assert.equal((await limiter.consume('ann', oneOfFive))[0]?.remaining, 4)
    assert.equal(await metric('mcp_rate_limit_fallback'), '1')
  })

  it('to subscribe can be granted later', async () => {
    const { redis, admin, logger, metrics, url, warnings } = await connectAs(
      documentedRules.filter((rule) => rule !== '+subscribe'),
    )
    const subscriber = createRedis({ url, logger, metrics })
    afterFile(() => closeRedis(subscriber))
    const received: unknown[] = []
    const options = { publisher: redis, channel: 'mcp:events', logger, metrics } as const
    createBroadcast({ ...options, subscriber, retryMs: 50 }).onMessage((message) => received.push(message))
    await waitUntil(async () => warnings().length > 0)
    await delay(200)
    await admin.call('acl', 'setuser', 'mcp', '+subscribe')
    const sender = createBroadcast(options)
    await waitUntil(async () => {
      sender.send('event')
      return received.length > 0
    })
    assert.equal(warnings().length, 1)
  })

  it('are checked for keys, too', async () => {
    const { warnings } = await connectAs(
      documentedRules.map((rule) => rule.replace('~mcp:*', '~mcp:cache:*')),
    )
    await waitUntil(async () => warnings().length > 0)
    assert.match(JSON.stringify(warnings()[0]?.denied), /cache: NOPERM.*rate limits: /)
  })
})
