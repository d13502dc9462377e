import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { before, describe, it } from 'node:test'
import { afterFile } from '../support/cleanup.ts'
import { connectModern } from '../support/clients.ts'
import { publishChange, untilDelivered } from '../support/publish-change.ts'
import { openListen, postLegacy } from '../support/raw.ts'
import { startTestRedis } from '../support/redis.ts'
import { plain, resource } from '../support/sample-calls.ts'
import { startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { withResolvers } from '../support/with-resolvers.ts'

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
      const ready = `${resource.uri}-ready`
      const subscription = await client.listen({
        resourcesListChanged: true,
        resourceSubscriptions: [resource.uri, ready],
      })
      assert.equal(subscription.honoredFilter.resourcesListChanged, true)
      const redisUrl = stack.env.REDIS_URL ?? ''
      await untilDelivered(redisUrl, ready, updated)
      await publishChange(redisUrl, [resource.absent, resource.uri])
      await until(() => changes > 0 && updated.includes(resource.uri))
      assert.deepEqual([changes, updated.filter((uri) => uri !== ready)], [1, [resource.uri]])
      await subscription.close()
    }
  })

  it('is rejected with 503 if the server shuts down while the rate limit waits for Redis', async () => {
    const url = new URL((await startTestRedis()).url)
    const redisPort = Number(url.port)
    const held = withResolvers<void>()
    const proxy = createServer((client) => {
      const redis = connect(redisPort, url.hostname)
      let isHeld = false
      client.on('data', (chunk) => {
        isHeld ||= chunk.includes('mcp:rate:')
        if (isHeld) held.resolve()
        else redis.write(chunk)
      })
      client.on('error', () => undefined).once('close', () => redis.destroy())
      redis.on('error', () => undefined).pipe(client)
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    afterFile(() => proxy.close())
    url.port = String((proxy.address() as AddressInfo).port)
    const server = await startServer({ ...stack.env, REDIS_URL: url.href })
    const opening = openListen(server.mcpUrl, {})
    await held.promise
    const stopped = server.stop()
    const { status, headers } = await opening
    assert.deepEqual([status, headers.get('retry-after')], [503, '1'])
    await stopped
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
