import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTurns } from '../../../../src/mcp/register/turns.ts'

describe('turns of large results', () => {
  it('lets other events happen between results that are ready at once', async () => {
    const turns = createTurns()
    const order: string[] = []
    const watch = () => {
      order.push('other')
      if (order.length < 20) setImmediate(watch)
    }
    setImmediate(watch)
    await Promise.all(
      ['first', 'second', 'third'].map((name) => turns(1_000_000)?.then(() => order.push(name))),
    )
    const between = order.slice(order.indexOf('first'), order.indexOf('third') + 1)
    assert.deepEqual(between, ['first', 'other', 'second', 'other', 'third'])
  })

  it('does not delay small results', () => {
    assert.equal(createTurns()(1_000), undefined)
  })
})
