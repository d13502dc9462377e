import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster } from 'ioredis'
import { freePort } from '../../dev/launcher/loopback-port.ts'
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

async function limiters(url: string, { namespace = 'a', caller = 5 } = {}) {
  const { logger, lines } = recordingLogger()
  const redis = await connect(url)
  const created = createRateLimiters({ redis, namespace, perMinute: { caller, tool: caller }, logger })
  return { ...created, redis, messages: () => lines.map(({ message }) => message) }
}

const timed = async <T>(work: Promise<T>) => {
  const began = performance.now()
  return { result: await work, ms: performance.now() - began }
}

describe('the rate limiters', () => {
  it('share a count between replicas, and keep callers, quotas and deployments apart', async () => {
    const { url } = await startTestRedis()
    const [here, there, elsewhere] = [
      await limiters(url),
      await limiters(url),
      await limiters(url, { namespace: 'b' }),
    ]
    const remaining = []
    for (let n = 0; n < 3; n++) {
      remaining.push((await here.caller.consume('ann', 1)).remaining)
      remaining.push((await there.caller.consume('ann', 1)).remaining)
    }
    assert.deepEqual(remaining, [4, 3, 2, 1, 0, 0])
    const state = await here.caller.consume('ann', 1)
    assert.equal(state.exceeded, true)
    assert.ok(state.resetSeconds > 50 && state.resetSeconds <= 60)
    for (const other of [
      here.caller.consume('bob', 1),
      here.tool.consume('ann', 1),
      elsewhere.caller.consume('ann', 1),
    ])
      assert.equal((await other).remaining, 4)
  })

  it('let nobody keep a count for ever', async () => {
    const { url } = await startTestRedis()
    const { caller, redis } = await limiters(url)
    await caller.consume('ann', 1)
    const keys = await redis.keys('*')
    assert.deepEqual(keys, ['mcp:rate:a:caller:ann'])
    const ttlMs = await redis.pttl(keys[0] ?? '')
    assert.ok(ttlMs > 50_000 && ttlMs <= 60_000)
  })

  it('ask Redis once for all quotas of a call, and not at all once a limit is reached', async () => {
    const { url } = await startTestRedis()
    const { caller, tool, redis } = await limiters(url)
    await caller.consume('ann', 1)
    const sent: string[] = []
    const send: Cluster['sendCommand'] = redis.sendCommand.bind(redis)
    redis.sendCommand = (...[command, ...more]: Parameters<Cluster['sendCommand']>) => {
      sent.push(command.name)
      return send(command, ...more)
    }
    const both = Promise.all([caller.consume('ann', 1), tool.consume('ann search', 1)])
    assert.equal(sent.length, 2, 'both are under way before one is answered')
    await both
    await caller.consume('ann', 3)
    sent.length = 0
    for (let n = 0; n < 10; n++) assert.equal((await caller.consume('ann', 1)).exceeded, true)
    assert.deepEqual(sent, [])
  })

  it('count by themselves while Redis is away, and share again when it is back', async () => {
    const port = await freePort()
    let redis = await startTestRedis({ port })
    const [here, there] = [await limiters(redis.url), await limiters(redis.url)]
    await here.caller.consume('ann', 4)
    await redis.stop()
    for (const { caller } of [here, there]) {
      const states = []
      for (let n = 0; n < 6; n++) states.push((await caller.consume('ann', 1)).exceeded)
      assert.deepEqual(states, [false, false, false, false, false, true])
    }
    assert.deepEqual(here.messages(), ['rate limiting fell back to in-process counters'])

    redis = await startTestRedis({ port })
    for (let tries = 0; tries < 100 && here.messages().length < 2; tries++) {
      await delay(100)
      await here.caller.consume('probe', 0)
    }
    assert.deepEqual(here.messages().slice(1), ['rate limiting returned to shared counters'])
    assert.equal((await here.caller.consume('ann', 1)).remaining, 4)
  })

  it('delay one call a second, and no other, while Redis hangs', async () => {
    const redis = await startTestRedis()
    const { caller } = await limiters(redis.url, { caller: 1_000 })
    process.kill(redis.pid, 'SIGSTOP')
    try {
      assert.ok((await timed(caller.consume('ann', 1))).ms < 1_500)
      const slow = []
      const began = performance.now()
      while (performance.now() - began < 2_600) {
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

  it('count by themselves when Redis has no memory left', async (test) => {
    const { url } = await startTestRedis()
    const { caller, redis, messages } = await limiters(url)
    await redis.config('SET', 'maxmemory', '1').catch(() => undefined)
    const takesMore = await redis.set('a', '1').then(
      () => true,
      () => false,
    )
    if (takesMore) return test.skip('the substitute does not mind')
    assert.equal((await caller.consume('ann', 1)).remaining, 4)
    assert.deepEqual(messages(), ['rate limiting fell back to in-process counters'])
  })
})
