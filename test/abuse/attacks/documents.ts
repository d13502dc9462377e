import assert from 'node:assert/strict'
import { concurrently, tally, toolCall } from '../support/client.ts'
import { expensive, fewWords } from '../support/documents.ts'
import type { Attack } from './attack.ts'

/** All words of the document, in an order of their own, so that no result comes from the cache. */
function queryOf(n: number): string {
  return [...fewWords.slice(n), ...fewWords.slice(0, n)].join(' ')
}

export const documentAttacks: readonly Attack[] = [
  {
    name: 'searches for all words of a large document',
    refusedBy: 'words of a query; snippets from a part of a text; connections of a caller',
    async run(attacker) {
      const answers = await concurrently(20, 10, (n) =>
        attacker.post(toolCall('search', { query: queryOf(n) })),
      )
      assert.ok(
        answers.every(({ status, text }) => status === 200 && text.includes('"result"')),
        tally(answers),
      )
      const failed = answers.filter(({ text }) => text.includes('"isError":true')).length
      return `${answers.length - failed} results, ${failed} errors`
    },
  },
  {
    name: 'concurrent fetches of a large document',
    refusedBy: 'large results take turns',
    async run(attacker) {
      const answers = await concurrently(96, 32, () =>
        attacker.post(toolCall('fetch', { id: expensive.table.id })),
      )
      assert.ok(
        answers.every(({ status }) => status === 200 || status === 503),
        tally(answers),
      )
      return tally(answers)
    },
  },
  {
    name: 'pages that are expensive to render',
    refusedBy: 'a worker with a deadline; HTML kept by content; plain text',
    async run(attacker) {
      const ids = [expensive.images.id, expensive.table.id]
      const views = await concurrently(12, 4, (n) => attacker.send({ path: `/documents/${ids[n % 2]}` }))
      assert.ok(
        views.every(({ status }) => [200, 429, 503].includes(status)),
        tally(views),
      )
      return tally(views)
    },
  },
]
