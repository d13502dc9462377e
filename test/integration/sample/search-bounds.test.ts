import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'node:test'
import type { NewDocument } from '../../../src/documents/document.ts'
import { createDocumentStore, type DocumentStore } from '../../../src/documents/store.ts'
import type { Database } from '../../../src/postgres/database.ts'
import { openTestDatabase } from '../../support/database.ts'

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Subplan Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly Plans?: readonly PlanNode[]
}

describe('the bounds of a search', () => {
  let database: Database
  let documents: DocumentStore
  /** The statements that searches have sent. */
  const sent: [sql: string, values: readonly unknown[]][] = []

  before(async () => {
    database = await openTestDatabase()
    const watched: Database = {
      ...database,
      query: (sql, values = [], options) => {
        sent.push([sql, values])
        return database.query(sql, values, options)
      },
    }
    documents = createDocumentStore({ database: watched, publicUrl: 'https://mcp.example.org' })
  })
  beforeEach(async () => {
    await database.query('truncate documents, document_words')
  })

  const document = (id: string, title: string, text: string): NewDocument => ({
    id,
    title,
    text,
    tags: [],
    source: id,
  })
  const save = (saved: readonly NewDocument[]) => documents.load([saved])
  const crowd = (count: number, title: string, text: string) =>
    Array.from({ length: count }, (_, n) => document(`crowd-${String(n).padStart(5, '0')}`, title, text))
  const idsFor = async (query: string) => (await documents.search(query)).map(({ id }) => id)

  /** All steps of the plan that the last statement really took. */
  async function stepsOf(query: string): Promise<PlanNode[]> {
    sent.length = 0
    await documents.search(query)
    const [sql, values] = sent[0] ?? ['', []]
    const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, format json) ${sql}`,
      values,
    )
    const steps: PlanNode[] = []
    const visit = (node: PlanNode) => {
      steps.push(node)
      for (const inner of node.Plans ?? []) visit(inner)
    }
    visit((row as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'][0].Plan)
    return steps
  }
  const examined = (steps: readonly PlanNode[]) =>
    steps
      .filter((step) => step['Node Type'] === 'Bitmap Heap Scan')
      .map((step) => step['Actual Rows'] * step['Actual Loops'])

  it('ranks a part of what matches a common word, and finds it in a title wherever that is stored', async () => {
    await save([
      ...crowd(3_500, 'Crowd', 'latency and much more text around it, which makes for a low rank'),
      document('last-in-text', 'Short', 'latency'),
      document('last-in-title', 'Latency', 'nothing else'),
    ])
    const found = await idsFor('latency')
    assert.equal(found[0], 'last-in-title')
    assert.ok(!found.includes('last-in-text'), 'more than 2,000 documents were looked at')
    assert.deepEqual(await idsFor('latency'), found, 'the order is not stable')
    assert.ok(Math.max(...examined(await stepsOf('latency'))) <= 2_000)
  })

  it('ranks what matches best first among the candidates, equal ones by id', async () => {
    await save([
      ...crowd(200, 'Crowd', 'latency with some more words around it'),
      document('best', 'B', 'latency'),
    ])
    assert.deepEqual((await idsFor('latency')).slice(0, 3), ['best', 'crowd-00000', 'crowd-00001'])
  })

  it('does not look into texts where enough titles match', async () => {
    const only = document('text-only', 'Other', 'latency')
    await save([...crowd(49, 'Latency', 'latency'), only])
    const all = async () => (await documents.search('latency', { limit: 100 })).map(({ id }) => id)
    assert.ok((await all()).includes('text-only'))
    await save([...crowd(50, 'Latency', 'latency'), only])
    assert.deepEqual([(await all()).length, (await all()).includes('text-only')], [50, false])
  })

  it('looks at a part of the documents for a phrase and for excluded words', async () => {
    await save([
      ...crowd(3_500, 'Crowd', 'breaker of a circuit, noise'),
      document('phrase', 'P', 'circuit breaker'),
    ])
    for (const query of ['"circuit breaker"', 'circuit -noise'])
      assert.ok(Math.max(...examined(await stepsOf(query))) <= 2_000, query)
  })

  it('finds a phrase and excludes words wherever all candidates are looked at', async () => {
    await save([
      document('a', 'Circuit breaker', 'opens'),
      document('b', 'Breaker', 'of a circuit'),
      document('c', 'Other', 'a circuit breaker that opens'),
    ])
    assert.deepEqual((await idsFor('"circuit breaker"')).sort(), ['a', 'c'])
    assert.deepEqual((await idsFor('circuit -opens')).sort(), ['b'])
    assert.deepEqual((await idsFor('breaker -"circuit breaker"')).sort(), ['b'])
    assert.deepEqual((await idsFor('"circuit breaker" OR nothing')).sort(), ['a', 'c'])
  })

  it('seeks nothing for a query that only excludes', async () => {
    await save([document('a', 'A', 'text')])
    assert.deepEqual(await idsFor('-other'), [])
  })

  it('takes two more statements at most for a query of typos, which look at few words', async () => {
    await save([
      ...crowd(20, 'Crowd', 'prometheus'),
      document('many', 'M', Array.from({ length: 500 }, (_, n) => `prometh${n}eus`).join(' ')),
    ])
    sent.length = 0
    await documents.search('promethues '.repeat(50).trim())
    assert.equal(sent.length, 3)
    assert.deepEqual(sent[1]?.[1], [['promethues']])
    sent.length = 0
    await documents.search(Array.from({ length: 50 }, (_, n) => `qwxyz${n}`).join(' '))
    const [, lookUp] = sent
    assert.deepEqual(lookUp?.[1], [Array.from({ length: 6 }, (_, n) => `qwxyz${n}`)])
  })
})
