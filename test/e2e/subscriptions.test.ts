import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { connectModern } from '../support/clients.ts'
import { publishChange } from '../support/publish-change.ts'
import { resource } from '../support/sample-calls.ts'
import { startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300 && !condition(); tries++) await delay(10)
}

describe('subscriptions/listen', () => {
  it('tells the streams of all replicas of a change made elsewhere, and who watches a resource of its change', async () => {
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

  it('ends the stream in an orderly way when the server shuts down', async () => {
    const server = await startServer(stack.env)
    const client = await connectModern(server.mcpUrl)
    const subscription = await client.listen({ resourcesListChanged: true })
    assert.equal(await server.stop(), 0)
    assert.equal(await subscription.closed, 'graceful')
  })
})
