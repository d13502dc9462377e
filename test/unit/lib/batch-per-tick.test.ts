import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { batchPerTick } from '../../../src/lib/batch-per-tick.ts'

function recordBatches(load: (key: string) => unknown) {
  const batches: string[][] = []
  const get = batchPerTick(
    (key: string) => key,
    (keys) => {
      batches.push([...keys])
      return keys.map(async (key) => load(key))
    },
  )
  return { batches, get }
}

/** Waits until the batch of this tick is sent. */
const nextTick = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

describe('batchPerTick', () => {
  it('loads all keys of one tick in one batch, each key once', async () => {
    const { batches, get } = recordBatches((key) => ({ key }))
    const [first, second, again] = await Promise.all([get('a'), get('b'), get('a')])
    assert.deepEqual([first, second], [{ key: 'a' }, { key: 'b' }])
    assert.equal(again, first)
    assert.deepEqual(batches, [['a', 'b']])
  })

  it('loads after the last request of the tick', async () => {
    let now = 1
    const { batches, get } = recordBatches(() => now)
    const early = get('a')
    await Promise.resolve()
    now = 2
    assert.deepEqual(await Promise.all([early, get('a')]), [2, 2])
    now = 3
    assert.equal(await get('a'), 3)
    assert.equal(batches.length, 2)
  })

  it('starts a new batch for a key requested while its load is pending', async () => {
    const resolvers: ((value: number) => void)[] = []
    const { batches, get } = recordBatches(() => new Promise<number>((resolve) => resolvers.push(resolve)))
    const early = get('a')
    await nextTick()
    const late = get('a')
    await nextTick()
    for (const [n, settle] of resolvers.entries()) settle(n)
    assert.deepEqual([await early, await late, batches.length], [0, 1, 2])
  })

  it('rejects only the failed key and loads it again on the next request', async () => {
    let works = false
    const { get } = recordBatches((key) => {
      if (key === 'bad' && !works) throw new Error('broken')
      return key
    })
    const all = await Promise.allSettled([get('good'), get('bad')])
    assert.deepEqual(
      all.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    works = true
    assert.equal(await get('bad'), 'bad')
  })
})
