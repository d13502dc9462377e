import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { becomesReady, type RedisClient } from '../../../src/redis/client.ts'

const connecting = (): RedisClient =>
  Object.assign(new EventEmitter(), { status: 'connecting' }).on('error', () => undefined) as never

describe('becomesReady', () => {
  it('waits for the next attempt after one that failed', async () => {
    const redis = connecting()
    const ready = becomesReady(redis, 60_000)
    redis.emit('error', new Error('connect ECONNREFUSED'))
    redis.emit('ready')
    assert.equal(await ready, true)
  })

  it('gives up after the timeout', async () => {
    assert.equal(await becomesReady(connecting(), 10), false)
  })
})
