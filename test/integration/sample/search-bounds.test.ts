import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'node:test'
import type { NewDocument } from '../../../src/documents/document.ts'
import { createDocumentStore, type DocumentStore } from '../../../src/documents/store.ts'
import type { Database } from '../../../src/postgres/database.ts'
import { openTestDatabase } from '../../support/database.ts'

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Subplan Name'?: string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly Plans?: readonly PlanNode[]
}

describe('the cost bounds of search', () => {
  let database: Database
  let documents: DocumentStore
  /** Statements of the searches. */
  const sent: [sql: string, values: readonly unknown[]][] = []

  before(async () => {
    database = await openTestDatabase()
    const recordingDatabase: Database = {
      ...database,
      query: (sql, values = [], options) => {
        sent.push([sql, values])
        return database.query(sql, values, options)
      },
    }
    documents = createDocumentStore({ database: recordingDatabase, publicUrl: 'https://mcp.example.org' })
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
  const filler = (count: number, title: string, text: string) =>
    Array.from({ length: count }, (_, n) => document(`crowd-${String(n).padStart(5, '0')}`, title, text))
  const idsFor = async (query: string) => (await documents.search(query)).hits.map(({ id }) => id)

  /** The nodes of the executed plan of a statement of a search. */
  async function planNodesOf(query: string, statement = 0): Promise<PlanNode[]> {
    sent.length = 0
    await documents.search(query)
    const [sql, values] = sent[statement] ?? ['', []]
    const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, format json) ${sql}`,
      values,
    )
    const nodes: PlanNode[] = []
    const visit = (node: PlanNode) => {
      nodes.push(node)
      for (const inner of node.Plans ?? []) visit(inner)
    }
    visit((row as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'][0].Plan)
    return nodes
  }
  const rowsExamined = (nodes: readonly PlanNode[]) =>
    nodes
      .filter((node) => node['Node Type'] === 'Bitmap Heap Scan')
      .map((node) => node['Actual Rows'] * node['Actual Loops'])

  it('ranks at most 2,000 matches of a common word and prefers titles regardless of storage order', async () => {
    await save([
      ...filler(3_500, 'Crowd', 'latency and much more text around it, which makes for a low rank'),
      document('last-in-text', 'Short', 'latency'),
      document('last-in-title', 'Latency', 'nothing else'),
    ])
    const found = await idsFor('latency')
    assert.equal(found[0], 'last-in-title')
    assert.ok(!found.includes('last-in-text'), 'search ranked more than 2,000 documents')
    assert.deepEqual(await idsFor('latency'), found, 'the order is not stable')
    assert.ok(Math.max(...rowsExamined(await planNodesOf('latency'))) <= 2_000)
  })

  it('ranks the best match first and breaks ties by id', async () => {
    await save([
      ...filler(200, 'Crowd', 'latency with some more words around it'),
      document('best', 'B', 'latency'),
    ])
    assert.deepEqual((await idsFor('latency')).slice(0, 3), ['best', 'crowd-00000', 'crowd-00001'])
  })

  it('skips the text index when enough titles match', async () => {
    const only = document('text-only', 'Other', 'latency')
    await save([...filler(49, 'Latency', 'latency'), only])
    const allIds = async () => (await documents.search('latency', { limit: 100 })).hits.map(({ id }) => id)
    assert.ok((await allIds()).includes('text-only'))
    await save([...filler(50, 'Latency', 'latency'), only])
    assert.deepEqual([(await allIds()).length, (await allIds()).includes('text-only')], [50, false])
  })

  it('examines at most 2,000 documents for a phrase or excluded words', async () => {
    await save([
      ...filler(3_500, 'Crowd', 'breaker of a circuit, noise'),
      document('phrase', 'P', 'circuit breaker'),
    ])
    for (const query of ['"circuit breaker"', 'circuit -noise'])
      assert.ok(Math.max(...rowsExamined(await planNodesOf(query))) <= 2_000, query)
  })

  it('applies phrases and exclusions exactly when all candidates are examined', async () => {
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

  it('returns nothing for a query of exclusions only', async () => {
    await save([document('a', 'A', 'text')])
    assert.deepEqual(await idsFor('-other'), [])
    assert.match((await documents.search('-other')).note ?? '', /only excludes/)
  })

  it('reads no word list for a word that has no correction', async () => {
    await save(filler(20, 'Crowd', 'prometheus'))
    const reads = (await planNodesOf('99182 88271', 1)).filter(
      (node) => node['Relation Name'] === 'document_words' || node['Index Name'] === 'document_words_alike',
    )
    assert.ok(reads.length > 0)
    assert.deepEqual(
      reads.map((node) => node['Actual Loops']),
      reads.map(() => 0),
    )
  })

  it('costs at most 25 times a query of two words for a query of 333 words over a long document of them', async () => {
    const words = Array.from({ length: 333 }, (_, n) => `w${(n + 1).toString(36)}`)
    const text = Array.from({ length: 16_383 }, (_, n) => words[n % words.length]).join(' ')
    await save([document('repetitive', 'Repetitive', text)])
    const query = words.join(' ').slice(0, 1_000)
    const fastest = { ordinary: Number.POSITIVE_INFINITY, long: Number.POSITIVE_INFINITY }
    // Alternating rounds, so that other load on the machine affects both.
    for (let round = 0; round < 5; round++) {
      for (const [name, asked] of [['ordinary', 'w1 w2'] as const, ['long', query] as const]) {
        const startedAt = performance.now()
        assert.equal((await documents.search(asked)).hits.length, 1)
        fastest[name] = Math.min(fastest[name], performance.now() - startedAt)
      }
    }
    // Without the bounds it is some 400 times.
    assert.ok(fastest.long < 25 * fastest.ordinary, JSON.stringify(fastest))
  })

  it('uses the first 32 words of a query and says so', async () => {
    const words = Array.from(
      { length: 40 },
      (_, n) => `word${String.fromCharCode(97 + (n % 20))}${n < 20 ? 'x' : 'z'}`,
    )
    await save([document('first', 'First', words.slice(0, 32).join(' '))])
    const cut = await documents.search(words.join(' '))
    assert.deepEqual(
      cut.hits.map(({ id }) => id),
      ['first'],
    )
    assert.match(cut.note ?? '', /first 32 words/)
    assert.equal((await documents.search(words.slice(0, 32).join(' '))).note, undefined)
  })

  it('sends at most three extra statements, with at most six words to correct', async () => {
    const letters = (n: number) => `${String.fromCharCode(97 + (n % 20))}${n < 20 ? 'x' : 'z'}`
    await save(filler(20, 'Crowd', 'prometheus'))
    sent.length = 0
    assert.ok((await documents.search('promethues '.repeat(50).trim())).hits.length > 0)
    assert.deepEqual([sent.length, sent[1]?.[1]], [3, [["'promethu'"], ['promethues']]])
    sent.length = 0
    await documents.search(`prometheus ${Array.from({ length: 50 }, (_, n) => `qwy${letters(n)}`).join(' ')}`)
    assert.equal(sent.length, 3)
    const [words, keys] = (sent[1]?.[1] ?? []) as [string[], string[]]
    assert.deepEqual([words.length, keys.filter((key) => key !== '').length], [12, 6])
  })
})
