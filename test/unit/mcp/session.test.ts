import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clientNameOf, createSessionId } from '../../../src/mcp/session.ts'

describe('session ids', () => {
  for (const name of ['claude-ai (via mcp-remote 0.1.37)', 'Ünïcode 客户端', 'a.b', '\ud800'])
    it(`carry the client name ${JSON.stringify(name)} in header characters`, () => {
      const id = createSessionId(name)
      assert.match(id, /^[\w.-]+$/)
      assert.equal(clientNameOf(id), Buffer.from(name).toString())
      assert.notEqual(createSessionId(name), id)
    })

  it('cut long names', () => {
    const id = createSessionId('x'.repeat(1_000))
    assert.ok(id.length < 200)
    assert.equal(clientNameOf(id), 'x'.repeat(64))
  })

  it('without a name, or invented by a client, have none', () => {
    for (const id of [createSessionId(), createSessionId(''), '', '.', 'abc', `a.${'%'.repeat(10_000)}`])
      assert.equal(clientNameOf(id), undefined, id.slice(0, 60))
  })
})
