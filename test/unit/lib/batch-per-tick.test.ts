import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { batchPerTick } from '../../../src/lib/batch-per-tick.ts'

function observed(answer: (question: string) => unknown) {
  const turns: string[][] = []
  const ask = batchPerTick(
    (question: string) => question,
    (questions) => {
      turns.push([...questions])
      return questions.map(async (question) => answer(question))
    },
  )
  return { turns, ask }
}

/** Lets what was asked in this turn be sent. */
const nextTurn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

describe('what is asked in one turn of the event loop', () => {
  it('is asked together, each question once, with one answer for all who asked it', async () => {
    const { turns, ask } = observed((question) => ({ question }))
    const [first, second, again] = await Promise.all([ask('a'), ask('b'), ask('a')])
    assert.deepEqual([first, second], [{ question: 'a' }, { question: 'b' }])
    assert.equal(again, first)
    assert.deepEqual(turns, [['a', 'b']])
  })

  it('is asked after the last one has joined', async () => {
    let now = 1
    const { turns, ask } = observed(() => now)
    const early = ask('a')
    await Promise.resolve()
    now = 2
    assert.deepEqual(await Promise.all([early, ask('a')]), [2, 2])
    now = 3
    assert.equal(await ask('a'), 3)
    assert.equal(turns.length, 2)
  })

  it('is asked again for who comes while it is being answered', async () => {
    const answers: ((answer: number) => void)[] = []
    const { turns, ask } = observed(() => new Promise<number>((resolve) => answers.push(resolve)))
    const early = ask('a')
    await nextTurn()
    const late = ask('a')
    await nextTurn()
    for (const [n, answer] of answers.entries()) answer(n)
    assert.deepEqual([await early, await late, turns.length], [0, 1, 2])
  })

  it('fails for itself alone, and can be asked again', async () => {
    let works = false
    const { ask } = observed((question) => {
      if (question === 'bad' && !works) throw new Error('broken')
      return question
    })
    const all = await Promise.allSettled([ask('good'), ask('bad')])
    assert.deepEqual(
      all.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    works = true
    assert.equal(await ask('bad'), 'bad')
  })
})
