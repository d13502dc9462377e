import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { connectModern } from '../../support/clients.ts'
import { untilDelivered } from '../../support/publish-change.ts'
import { startServer } from '../../support/server.ts'
import { type Stack, sharedStack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

describe('an added document', () => {
  it('notifies the streams of another replica, once per new document', async () => {
    const other = await startServer(stack.env)
    const listener = await connectModern(stack.server.mcpUrl)
    const writer = await connectModern(other.mcpUrl)
    let changes = 0
    const updated: string[] = []
    listener.setNotificationHandler('notifications/resources/list_changed', async () => {
      changes++
    })
    listener.setNotificationHandler('notifications/resources/updated', async ({ params }) => {
      updated.push(params.uri)
    })
    const add = (title: string) =>
      writer.callTool({ name: 'add_document', arguments: { title, text: 'from the other replica' } })
    const ready = 'document://ready'
    const later = `document://later-${fingerprint(['Later', 'from the other replica', []])}`
    const subscription = await listener.listen({
      resourcesListChanged: true,
      resourceSubscriptions: [ready, later],
    })
    assert.equal(subscription.honoredFilter.resourcesListChanged, true)
    await untilDelivered(stack.env.REDIS_URL ?? '', ready, updated)
    await add('News')
    await until(() => changes > 0)
    assert.equal(changes, 1)
    await add('News')
    await add('Later')
    await until(() => updated.includes(later))
    assert.equal(changes, 2, 'a duplicate document sent a notification')
    await subscription.close()
  })

  it('notifies the subscribers of its URI', async () => {
    const client = await connectModern(stack.server.mcpUrl)
    const updated: string[] = []
    client.setNotificationHandler('notifications/resources/updated', async ({ params }) => {
      updated.push(params.uri)
    })
    const args = { title: 'Watched', text: 'text' }
    const writer = await connectModern(stack.server.mcpUrl)
    // The id is a hash of the content, so it is known before the document exists.
    const { structuredContent } = await writer.callTool({
      name: 'add_document',
      arguments: { ...args, tags: ['first'] },
    })
    assert.match((structuredContent as { id: string }).id, /^watched-[0-9a-f]{12}$/)
    const uri = `document://watched-${fingerprint([args.title, args.text, []])}`
    await client.listen({ resourceSubscriptions: [uri] })
    await writer.callTool({ name: 'add_document', arguments: args })
    await until(() => updated.length > 0)
    assert.deepEqual(updated, [uri])
  })
})

function fingerprint(content: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12)
}
