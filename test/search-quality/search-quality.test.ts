import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { ingest } from '../../src/documents/ingest.ts'
import { ownDocuments } from '../../src/documents/ingest-job.ts'
import { createDocumentStore, type DocumentStore } from '../../src/documents/store.ts'
import { openTestDatabase } from '../support/database.ts'
import { corpus } from './corpus.ts'
import { type Question, questions } from './questions.ts'

/** Floors of every kind of question; raise them when the search gets better. */
const floors = { recall: 1, first: 1 }

interface Answer {
  readonly question: Question
  /** Positions of the expected documents, from 1; 0 for one that is not among the first ten. */
  readonly positions: readonly number[]
}

const isFound = ({ positions }: Answer) => positions.every((position) => position > 0)
const isFirst = ({ question, positions }: Answer) =>
  isFound({ question, positions }) && Math.max(...positions) === positions.length
const share = (answers: readonly Answer[], holds: (answer: Answer) => boolean) =>
  answers.length === 0 ? 1 : answers.filter(holds).length / answers.length

describe('search quality', () => {
  const rows: Record<string, string | number>[] = []
  let documents: DocumentStore

  before(async () => {
    const database = await openTestDatabase()
    documents = createDocumentStore({ database, publicUrl: 'https://mcp.example.org' })
    await ingest({ documents, ...ownDocuments })
    await documents.load([corpus])
  })

  for (const [kind, asked] of Object.entries(questions))
    it(`finds the expected documents: ${kind}`, async () => {
      const answers: Answer[] = []
      for (const question of asked) {
        const { hits } = await documents.search(question.query)
        const ids = hits.map(({ id }) => id)
        answers.push({ question, positions: question.expected.map((id) => ids.indexOf(id) + 1) })
      }
      const positions = answers.flatMap((answer) => answer.positions).filter((position) => position > 0)
      const ordered = answers.filter(({ question }) => question.isFirst)
      const missed = answers.filter(
        (answer) => !isFound(answer) || (answer.question.isFirst && !isFirst(answer)),
      )
      rows.push({
        kind,
        questions: asked.length,
        'recall at 10': share(answers, isFound).toFixed(2),
        'mean position': (positions.reduce((sum, each) => sum + each, 0) / positions.length).toFixed(1),
        'first where due': `${ordered.filter(isFirst).length} of ${ordered.length}`,
        missed: missed.map(({ question, positions }) => `${question.query} (${positions})`).join('; '),
      })
      assert.ok(
        share(answers, isFound) >= floors.recall && share(ordered, isFirst) >= floors.first,
        JSON.stringify(rows.at(-1)),
      )
    })

  it('prints the table', () => {
    console.table(rows)
  })
})
