import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { type RedisClient, waitUntilReady } from '../../../src/redis/client.ts'

const connecting = (): RedisClient =>
  Object.assign(new EventEmitter(), { status: 'connecting' }).on('error', () => undefined) as never

describe('waitUntilReady', () => {
  it('waits for the next attempt after one that failed', async () => {
    const redis = connecting()
    const ready = waitUntilReady(redis, 60_000)
    redis.emit('error', new Error('connect ECONNREFUSED'))
    redis.emit('ready')
    assert.equal(await ready, true)
  })

  it('gives up after the timeout', async () => {
    assert.equal(await waitUntilReady(connecting(), 10), false)
  })
})
