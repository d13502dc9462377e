import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTurns } from '../../../../src/mcp/register/turns.ts'

const large = { structuredContent: { hits: [{ text: 'x'.repeat(20_000) }, { text: 'y'.repeat(20_000) }] } }

/** What other requests get between results: how many turns of the event loop passed before each. */
async function turnsBefore(results: readonly unknown[]): Promise<number[]> {
  const turns = createTurns()
  let passed = 0
  let over = false
  const counting = (async () => {
    for (; !over; passed++) await nextTurn()
  })()
  const before = await Promise.all(
    results.map(async (result) => {
      await turns(result)
      return passed
    }),
  )
  over = true
  await counting
  return before
}

describe('turns of the event loop for results', () => {
  it('serves others between two large results', async () => {
    const [first = 0, second = 0, third = 0] = await turnsBefore([large, large, large])
    assert.ok(first >= 1, `the first after ${first} turns`)
    assert.ok(second - first >= 2 && third - second >= 2, `after ${first}, ${second} and ${third} turns`)
  })

  it('never lets a small result wait for a large one', async () => {
    const [, small] = await turnsBefore([large, { structuredContent: { text: 'x'.repeat(30_000) } }])
    assert.equal(small, 0)
  })

  it('counts binary data, keys and numbers', () => {
    const turns = createTurns()
    assert.ok(turns(new Uint8Array(40_000)))
    assert.ok(turns({ ['k'.repeat(40_000)]: 1 }))
    assert.ok(turns(Array(40_000).fill(1)))
    for (const small of [undefined, null, 1, 'text', [], {}, new Uint8Array(10)])
      assert.equal(turns(small), undefined)
  })
})
