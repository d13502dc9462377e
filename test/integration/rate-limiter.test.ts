import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster } from 'ioredis'
import { becomesReady, createRedis, type RedisClient } from '../../src/redis/client.ts'
import { createRateLimiters } from '../../src/redis/rate-limiter.ts'
import { afterFile } from '../support/cleanup.ts'
import { recordingLogger, silentLogger } from '../support/logger.ts'
import { startTestRedis } from '../support/redis.ts'
import { noopMetrics as metrics } from '../support/telemetry-fixtures.ts'

async function connect(url: string): Promise<RedisClient> {
  const redis = createRedis({ url, logger: silentLogger, metrics })
  afterFile(() => redis.disconnect())
  await becomesReady(redis, 2_000)
  return redis
}

async function startLimiters(url: string, { namespace = 'a', caller = 5 } = {}) {
  const { logger, lines } = recordingLogger()
  const redis = await connect(url)
  const created = createRateLimiters({
    redis,
    namespace,
    perMinute: { caller, tool: caller },
    logger,
    metrics,
  })
  return { ...created, redis, messages: () => lines.map(({ message }) => message) }
}

const timed = async <T>(work: Promise<T>) => {
  const startedAtMs = performance.now()
  return { result: await work, ms: performance.now() - startedAtMs }
}

describe('the rate limiters', () => {
  it('share a counter between replicas and separate callers, quotas and deployments', async () => {
    const { url } = await startTestRedis()
    const [replicaA, replicaB, otherDeployment] = [
      await startLimiters(url),
      await startLimiters(url),
      await startLimiters(url, { namespace: 'b' }),
    ]
    const remaining = []
    for (let n = 0; n < 3; n++) {
      remaining.push((await replicaA.caller.consume('ann', 1)).remaining)
      remaining.push((await replicaB.caller.consume('ann', 1)).remaining)
    }
    assert.deepEqual(remaining, [4, 3, 2, 1, 0, 0])
    const state = await replicaA.caller.consume('ann', 1)
    assert.equal(state.exceeded, true)
    assert.ok(state.resetSeconds > 50 && state.resetSeconds <= 60)
    for (const other of [
      replicaA.caller.consume('bob', 1),
      replicaA.tool.consume('ann', 1),
      otherDeployment.caller.consume('ann', 1),
    ])
      assert.equal((await other).remaining, 4)
  })

  it('expire a counter after its window', async () => {
    const { url } = await startTestRedis()
    const { caller, redis } = await startLimiters(url)
    await caller.consume('ann', 1)
    const keys = await redis.keys('*')
    assert.deepEqual(keys, ['mcp:rate:a:caller:ann'])
    const ttlMs = await redis.pttl(keys[0] ?? '')
    assert.ok(ttlMs > 50_000 && ttlMs <= 60_000)
  })

  it('pipeline all quotas of a call and query Redis no more once a limit is reached', async () => {
    const { url } = await startTestRedis()
    const { caller, tool, redis } = await startLimiters(url)
    await caller.consume('ann', 1)
    const sent: string[] = []
    const send: Cluster['sendCommand'] = redis.sendCommand.bind(redis)
    redis.sendCommand = (...[command, ...more]: Parameters<Cluster['sendCommand']>) => {
      sent.push(command.name)
      return send(command, ...more)
    }
    const both = Promise.all([caller.consume('ann', 1), tool.consume('ann search', 1)])
    assert.equal(sent.length, 2, 'the second command waited for the first response')
    await both
    await caller.consume('ann', 3)
    sent.length = 0
    for (let n = 0; n < 10; n++) assert.equal((await caller.consume('ann', 1)).exceeded, true)
    assert.deepEqual(sent, [])
  })

  it('fall back to in-process counters while Redis is unavailable and share again after its recovery', async () => {
    let redis = await startTestRedis()
    const [replicaA, replicaB] = [await startLimiters(redis.url), await startLimiters(redis.url)]
    await replicaA.caller.consume('ann', 4)
    await redis.stop()
    for (const { caller } of [replicaA, replicaB]) {
      const states = []
      for (let n = 0; n < 6; n++) states.push((await caller.consume('ann', 1)).exceeded)
      assert.deepEqual(states, [false, false, false, false, false, true])
    }
    assert.deepEqual(replicaA.messages(), ['rate limiting fell back to in-process counters'])

    redis = await startTestRedis({ url: redis.url })
    for (let tries = 0; tries < 100 && replicaA.messages().length < 2; tries++) {
      await delay(100)
      await replicaA.caller.consume('probe', 0)
    }
    assert.deepEqual(replicaA.messages().slice(1), ['rate limiting returned to shared counters'])
    assert.equal((await replicaA.caller.consume('ann', 1)).remaining, 4)
  })

  it('delay at most one call per second while Redis hangs', async () => {
    const redis = await startTestRedis()
    const { caller } = await startLimiters(redis.url, { caller: 1_000 })
    process.kill(redis.pid, 'SIGSTOP')
    try {
      assert.ok((await timed(caller.consume('ann', 1))).ms < 1_500)
      const slow = []
      const startedAtMs = performance.now()
      while (performance.now() - startedAtMs < 2_600) {
        const { ms, result } = await timed(caller.consume('ann', 1))
        assert.equal(result.exceeded, false)
        if (ms > 200) slow.push(ms)
        await delay(5)
      }
      assert.ok(slow.length <= 2, `${slow}`)
    } finally {
      process.kill(redis.pid, 'SIGCONT')
    }
  })

  it('fall back to in-process counters when Redis is out of memory', async (test) => {
    const { url } = await startTestRedis()
    const { caller, redis, messages } = await startLimiters(url)
    await redis.config('SET', 'maxmemory', '1').catch(() => undefined)
    const acceptsWrites = await redis.set('a', '1').then(
      () => true,
      () => false,
    )
    if (acceptsWrites) return test.skip('the embedded Redis ignores maxmemory')
    assert.equal((await caller.consume('ann', 1)).remaining, 4)
    assert.deepEqual(messages(), ['rate limiting fell back to in-process counters'])
  })
})
