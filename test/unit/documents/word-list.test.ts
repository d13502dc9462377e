import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runsOf } from '../../../src/documents/terms.ts'
import { createWordList } from '../../../src/documents/word-list.ts'

function recordedList() {
  const words: string[] = []
  const query = async (_sql: string, [keys = []]: readonly (readonly string[])[] = []) => {
    words.push(...keys)
    return []
  }
  return { list: createWordList({ query } as unknown as Parameters<typeof createWordList>[0]), words }
}

describe('a word list', () => {
  it('writes each word once, whether it occurs in one flush or in several', async () => {
    const { list, words } = recordedList()
    for (const text of ['wombat numbat wombat', 'numbat quokka']) {
      for (const run of runsOf(text)) list.collect(run)
      await list.flush()
    }
    assert.deepEqual(words, ['numbat', 'wombat', 'quokka'])
  })

  it('writes words that another list has written', async () => {
    for (const { list, words } of [recordedList(), recordedList()]) {
      for (const run of runsOf('bettong potoroo')) list.collect(run)
      await list.flush()
      assert.deepEqual(words, ['bettong', 'potoroo'])
    }
  })
})
