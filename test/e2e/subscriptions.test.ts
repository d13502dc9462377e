import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { connectModern } from '../support/clients.ts'
import { publishChange } from '../support/publish-change.ts'
import { openListen, postLegacy } from '../support/raw.ts'
import { startTestRedis } from '../support/redis.ts'
import { plain, resource } from '../support/sample-calls.ts'
import { startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

describe('subscriptions/listen', () => {
  it('delivers a change published by another process to the streams of every replica, resource updates by URI', async () => {
    for (const { mcpUrl } of [stack.server, await startServer(stack.env)]) {
      const client = await connectModern(mcpUrl)
      let changes = 0
      const updated: string[] = []
      client.setNotificationHandler('notifications/resources/list_changed', async () => {
        changes++
      })
      client.setNotificationHandler('notifications/resources/updated', async ({ params }) => {
        updated.push(params.uri)
      })
      const subscription = await client.listen({
        resourcesListChanged: true,
        resourceSubscriptions: [resource.uri],
      })
      assert.equal(subscription.honoredFilter.resourcesListChanged, true)
      await publishChange(stack.env.REDIS_URL ?? '', [resource.absent, resource.uri])
      await until(() => changes > 0 && updated.length > 0)
      assert.deepEqual([changes, updated], [1, [resource.uri]])
      await subscription.close()
    }
  })

  it('is rejected with 503 if the server shuts down while the rate limit waits for Redis', async () => {
    const redis = await startTestRedis()
    const server = await startServer({ ...stack.env, REDIS_URL: redis.url })
    process.kill(redis.pid, 'SIGSTOP')
    try {
      const opening = openListen(server.mcpUrl, {})
      await delay(100)
      const stopped = server.stop()
      const { status, headers } = await opening
      assert.deepEqual([status, headers.get('retry-after')], [503, '1'])
      await stopped
    } finally {
      process.kill(redis.pid, 'SIGCONT')
    }
  })

  it('tells proxies not to buffer the stream, as a streamed call does', async () => {
    const caller = new AbortController()
    const stream = await openListen(stack.server.mcpUrl, { signal: caller.signal })
    caller.abort()
    const call = await postLegacy(stack.server.mcpUrl, 'tools/call', plain.call)
    for (const { headers } of [stream, call]) assert.equal(headers.get('x-accel-buffering'), 'no')
  })

  it('closes the stream gracefully when the server shuts down', async () => {
    const server = await startServer(stack.env)
    const client = await connectModern(server.mcpUrl)
    const subscription = await client.listen({ resourcesListChanged: true })
    assert.equal(await server.stop(), 0)
    assert.equal(await subscription.closed, 'graceful')
  })
})
