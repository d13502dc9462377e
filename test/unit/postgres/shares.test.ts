import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { createShares, type Release, type Shares } from '../../../src/postgres/shares.ts'

describe('createShares', () => {
  let shares: Shares
  beforeEach(() => {
    shares = createShares(10, 1)
  })

  /** Takes what the owner may have now. */
  function takeAll(owner: string, reserved = false): Release[] {
    const taken: Release[] = []
    for (;;) {
      const release = shares.take({ owner, reserved })
      if (release === undefined) return taken
      taken.push(release)
    }
  }

  const waitFor = (owner: string, reserved = false) =>
    shares.wait({ owner, reserved }, new AbortController().signal)

  it('leaves connections free for others, and some of these for yet others', () => {
    const counts = ['a', 'b', 'c', 'd'].map((owner) => takeAll(owner).length)
    assert.deepEqual(counts, [7, 2, 1, 0])
    assert.equal(shares.used, 10)
  })

  it('admits a waiter that has none before an earlier one that has many', async () => {
    const [release] = takeAll('a')
    for (const owner of ['b', 'c']) takeAll(owner)
    const admitted: string[] = []
    for (const owner of ['a', 'b', 'd']) void waitFor(owner).then(() => admitted.push(owner))
    assert.equal(shares.waiting, 3)
    release?.()
    await new Promise(setImmediate)
    assert.deepEqual(admitted, ['d'])
  })

  it('admits waiters of one owner in order of arrival', async () => {
    const running = takeAll('a')
    const order: number[] = []
    for (const n of [1, 2, 3]) void waitFor('a').then(() => order.push(n))
    for (const release of running) release()
    await new Promise(setImmediate)
    assert.deepEqual(order, [1, 2, 3])
  })

  it('keeps a reserved connection that only reserved takings use, and counts it for no owner', async () => {
    for (const owner of ['a', 'b', 'c']) takeAll(owner)
    const reserved = takeAll('', true)
    assert.equal(reserved.length, 1)
    assert.equal(shares.used, 10)
    const next = waitFor('', true)
    reserved[0]?.()
    await next
  })

  it('ends the wait when its signal is aborted, and has all connections again when they return', async () => {
    const running = takeAll('a')
    const caller = new AbortController()
    const waiting = shares.wait({ owner: 'a', reserved: false }, caller.signal)
    caller.abort(new Error('gone'))
    await assert.rejects(waiting, /gone/)
    for (const release of running) release()
    assert.deepEqual([shares.used, shares.waiting], [0, 0])
    assert.equal(takeAll('b').length, 7)
  })
})
