import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster } from 'ioredis'
import { createRedis, type RedisClient, waitUntilReady } from '../../src/redis/client.ts'
import { createRateLimiter, perMinute } from '../../src/redis/rate-limiter.ts'
import { afterFile } from '../support/cleanup.ts'
import { recordingLogger, silentLogger } from '../support/logger.ts'
import { startTestRedis } from '../support/redis.ts'
import { noopMetrics as metrics } from '../support/telemetry-fixtures.ts'
import { until } from '../support/until.ts'

async function connect(url: string): Promise<RedisClient> {
  const redis = createRedis({ url, logger: silentLogger, metrics })
  afterFile(() => redis.disconnect())
  await waitUntilReady(redis, 2_000)
  return redis
}

async function startLimiter(url: string, { namespace = 'a', limit = 5 } = {}) {
  const { logger, lines } = recordingLogger()
  const redis = await connect(url)
  const { consume } = createRateLimiter({ redis, namespace, logger, metrics })
  const caller = perMinute('caller', limit)
  const tool = perMinute('tool', limit)
  return {
    redis,
    consume,
    quotas: { caller, tool },
    async consumeOne(owner: string, points = 1) {
      const [state] = await consume(owner, [{ quota: caller, points }])
      assert.ok(state)
      return state
    },
    messages: () => lines.map(({ message }) => message),
  }
}

describe('the rate limiter', () => {
  it('shares a counter between replicas and separates callers, quotas and deployments', async () => {
    const { url } = await startTestRedis()
    const [replicaA, replicaB, otherDeployment] = [
      await startLimiter(url),
      await startLimiter(url),
      await startLimiter(url, { namespace: 'b' }),
    ]
    const remaining = []
    for (let n = 0; n < 3; n++) {
      remaining.push((await replicaA.consumeOne('ann')).remaining)
      remaining.push((await replicaB.consumeOne('ann')).remaining)
    }
    assert.deepEqual(remaining, [4, 3, 2, 1, 0, 0])
    const state = await replicaA.consumeOne('ann')
    assert.equal(state.exceeded, true)
    assert.ok(state.resetSeconds > 50 && state.resetSeconds <= 60)
    assert.equal((await replicaA.consumeOne('bob')).remaining, 4)
    assert.equal((await otherDeployment.consumeOne('ann')).remaining, 4)
    const { tool } = replicaA.quotas
    for (const of of ['search', 'fetch', undefined]) {
      const [state] = await replicaA.consume('ann', [{ quota: tool, ...(of && { of }), points: 1 }])
      assert.deepEqual([state?.quota, state?.remaining], [tool, 4])
    }
  })

  it('expires a counter after its window, which further calls do not extend', async () => {
    const { url } = await startTestRedis()
    const { consumeOne, redis } = await startLimiter(url)
    await consumeOne('ann')
    const keys = await redis.keys('*')
    assert.deepEqual(keys, ['mcp:rate:a:ann'])
    const ttlMs = await redis.pttl(keys[0] ?? '')
    assert.ok(ttlMs > 50_000 && ttlMs <= 60_000)
    await redis.pexpire(keys[0] ?? '', 30_000)
    await consumeOne('ann', 9)
    assert.ok((await consumeOne('ann')).resetSeconds <= 30)
    await redis.pexpire(keys[0] ?? '', 1)
    await until(async () => (await redis.keys('*')).length === 0)
    assert.equal((await consumeOne('ann')).remaining, 4)
  })

  it('counts all quotas of a call by one command', async () => {
    const { url } = await startTestRedis()
    const { consume, consumeOne, quotas, redis } = await startLimiter(url)
    await consumeOne('ann')
    const sent: string[] = []
    const send: Cluster['sendCommand'] = redis.sendCommand.bind(redis)
    redis.sendCommand = (...[command, ...more]: Parameters<Cluster['sendCommand']>) => {
      sent.push(command.name)
      return send(command, ...more)
    }
    const states = await consume('ann', [
      { quota: quotas.caller, points: 3 },
      { quota: quotas.tool, of: 'search', points: 2 },
      { quota: quotas.tool, of: 'fetch', points: 6 },
    ])
    assert.deepEqual(sent, ['evalsha'])
    assert.deepEqual(
      states.map(({ exceeded, remaining }) => [exceeded, remaining]),
      [
        [false, 1],
        [false, 3],
        [true, 0],
      ],
    )
  })

  it('falls back to in-process counters while Redis is unavailable and shares again after its recovery', async () => {
    let redis = await startTestRedis()
    const [replicaA, replicaB] = [await startLimiter(redis.url), await startLimiter(redis.url)]
    await replicaA.consumeOne('ann', 4)
    await redis.stop()
    for (const { consumeOne } of [replicaA, replicaB]) {
      const states = []
      for (let n = 0; n < 6; n++) states.push((await consumeOne('ann')).exceeded)
      assert.deepEqual(states, [false, false, false, false, false, true])
    }
    assert.deepEqual(replicaA.messages(), ['rate limiting fell back to in-process counters'])

    redis = await startTestRedis({ url: redis.url })
    for (let tries = 0; tries < 100 && replicaA.messages().length < 2; tries++) {
      await delay(100)
      await replicaA.consumeOne('probe', 0)
    }
    assert.deepEqual(replicaA.messages().slice(1), ['rate limiting returned to shared counters'])
    assert.equal((await replicaA.consumeOne('ann')).remaining, 4)
  })

  it('restarts in-process counters after a window', async ({ mock }) => {
    const redis = await startTestRedis()
    const { consumeOne } = await startLimiter(redis.url)
    await redis.stop()
    mock.timers.enable({ apis: ['setTimeout'] })
    assert.equal((await consumeOne('ann', 9)).exceeded, true)
    mock.timers.tick(59_000)
    assert.equal((await consumeOne('ann')).exceeded, true)
    mock.timers.tick(1_000)
    assert.equal((await consumeOne('ann')).remaining, 4)
  })

  it('tries Redis by one call per second while it hangs', async ({ mock }) => {
    const server = await startTestRedis()
    const { consumeOne, redis } = await startLimiter(server.url, { limit: 1_000 })
    let tries = 0
    const send: Cluster['sendCommand'] = redis.sendCommand.bind(redis)
    redis.sendCommand = (...[command, ...more]: Parameters<Cluster['sendCommand']>) => {
      if (command.name === 'evalsha') tries++
      return send(command, ...more)
    }
    let nowMs = 0
    mock.method(performance, 'now', () => nowMs)
    const consumeMany = async () => {
      const states = await Promise.all(Array.from({ length: 50 }, () => consumeOne('ann')))
      for (const { exceeded } of states) assert.equal(exceeded, false)
    }
    process.kill(server.pid, 'SIGSTOP')
    try {
      await consumeOne('ann')
      assert.equal(tries, 1)
      nowMs = 999
      await consumeMany()
      assert.equal(tries, 1)
      nowMs = 1_000
      await consumeMany()
      assert.equal(tries, 2)
    } finally {
      process.kill(server.pid, 'SIGCONT')
    }
  })

  it('falls back to in-process counters when Redis is out of memory', async (test) => {
    const { url } = await startTestRedis()
    const { consumeOne, redis, messages } = await startLimiter(url)
    await redis.config('SET', 'maxmemory', '1').catch(() => undefined)
    const acceptsWrites = await redis.set('a', '1').then(
      () => true,
      () => false,
    )
    if (acceptsWrites) return test.skip('the embedded Redis ignores maxmemory')
    assert.equal((await consumeOne('ann')).remaining, 4)
    assert.deepEqual(messages(), ['rate limiting fell back to in-process counters'])
  })
})
