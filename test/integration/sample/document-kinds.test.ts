import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { NewDocument } from '../../../src/documents/document.ts'
import { kinds } from '../../../src/documents/kind.ts'
import { createDocumentStore, type DocumentStore } from '../../../src/documents/store.ts'
import type { Database } from '../../../src/postgres/database.ts'
import { openTestDatabase } from '../../support/database.ts'

const document = (id: string, tags: string[], text = `Text of ${id}`): NewDocument => ({
  id,
  title: id,
  text,
  tags,
  source: `${id}.md`,
})

describe('listByKind', () => {
  let database: Database
  let documents: DocumentStore
  before(async () => {
    database = await openTestDatabase()
    documents = createDocumentStore({ database, publicUrl: 'https://mcp.example.org' })
    await database.query('truncate documents, document_words')
    await documents.load([
      [
        document('guides.b', ['guide', 'how-to']),
        document('guides.a', ['how-to', 'guide'], 'x'.repeat(9_000)),
        document('guides.c', ['guide', 'fork']),
        document('handbook.runbooks.x', ['runbook', 'page']),
        ...Array.from({ length: 5_000 }, (_, n) => document(`notes.${n + 10_000}`, ['note'])),
      ],
    ])
    await database.query('analyze documents')
  })
  const idsOf = async (page: Partial<Parameters<DocumentStore['listByKind']>[0]>) => {
    const entries = await documents.listByKind({ kinds, after: '', limit: 3, ...page })
    return entries.map(({ kind, id }) => `${kind} ${id}`)
  }

  it('returns at most `limit` documents of each kind, ordered by id', async () => {
    assert.deepEqual(await idsOf({}), [
      'how-to guides.a',
      'how-to guides.b',
      'guide guides.c',
      'runbook handbook.runbooks.x',
      'other notes.10000',
      'other notes.10001',
      'other notes.10002',
    ])
  })

  it('continues after an id', async () => {
    const page = { kinds: ['other'], after: 'notes.14997', limit: 5 } as const
    assert.deepEqual(await idsOf(page), ['other notes.14998', 'other notes.14999'])
  })

  it('returns the start of a text only', async () => {
    const [entry] = await documents.listByKind({ kinds: ['how-to'], after: '', limit: 1 })
    assert.deepEqual([entry?.tags, entry?.beginning.length], [['how-to', 'guide'], 2_000])
  })

  it('reads from the index only the rows that it returns', async () => {
    let plan = ''
    const explained = createDocumentStore({
      database: {
        ...database,
        query: async (sql: string, values: readonly unknown[]) => {
          const rows = await database.query<{ 'QUERY PLAN': string }>(`explain (analyze) ${sql}`, values)
          plan = rows.map((row) => row['QUERY PLAN']).join('\n')
          return []
        },
      } as unknown as Database,
      publicUrl: '',
    })
    for (const page of [{ kinds }, { kinds: ['other'] }, { kinds: ['tutorial'] }] as const) {
      await explained.listByKind({ ...page, after: 'guides.', limit: 3 })
      assert.match(plan, /Index Scan using documents_kind/)
      assert.doesNotMatch(plan, /documents_pkey|Seq Scan|Removed by Filter/)
    }
  })
})
