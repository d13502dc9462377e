import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { anonymous } from '../../../../src/auth/caller.ts'
import { createIdleStreamRejection } from '../../../../src/mcp/admission/idle-streams.ts'
import { defineResource } from '../../../../src/mcp/define/define-resource.ts'
import { toBody } from '../../../../src/mcp/message.ts'

const notes = defineResource({
  name: 'note',
  title: 'Notes',
  description: 'Notes.',
  mimeType: 'text/plain',
  uriTemplate: 'note://{id}',
  scopes: ['notes:read'],
  ttlSeconds: 60,
  list: async () => ({ resources: [], next: undefined }),
  read: async () => undefined,
  complete: {},
})

async function rejects(params: unknown, method = 'subscriptions/listen'): Promise<boolean> {
  const admit = createIdleStreamRejection({ resources: [notes] })
  const entry = { req: {} as IncomingMessage, res: {} as ServerResponse, caller: anonymous, owner: '' }
  const body = toBody({ jsonrpc: '2.0', id: 1, method, params })
  const rejection = await admit({ ...entry, body, onFinish: () => undefined })
  assert.ok(rejection === undefined || rejection.rpcCode === -32602)
  return rejection !== undefined
}

describe('createIdleStreamRejection', () => {
  for (const notifications of [
    { resourcesListChanged: true },
    { resourceSubscriptions: ['note://a'] },
    { resourceSubscriptions: ['other://a', 'note://a'], toolsListChanged: true },
  ])
    it(`admits ${JSON.stringify(notifications)}`, async () => {
      assert.equal(await rejects({ notifications }), false)
    })

  for (const notifications of [
    {},
    { toolsListChanged: true, promptsListChanged: true },
    { resourcesListChanged: false },
    { resourceSubscriptions: [] },
    { resourceSubscriptions: ['other://a', 7] },
    { resourceSubscriptions: 'other://a' },
  ])
    it(`rejects ${JSON.stringify(notifications)}`, async () => {
      assert.equal(await rejects({ notifications }), true)
    })

  it('rejects a URI that is too long for the SDK to match', async () => {
    const uri = `note://${'a'.repeat(1_000_000)}`
    assert.equal(await rejects({ notifications: { resourceSubscriptions: [uri] } }), true)
  })

  it('leaves requests without a filter to the SDK, which rejects them', async () => {
    assert.equal(await rejects({}), false)
  })

  it('admits calls', async () => {
    assert.equal(await rejects({}, 'tools/list'), false)
  })
})
