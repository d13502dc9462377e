import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, beforeEach, describe, it } from 'node:test'
import type { NewDocument } from '../../../src/documents/document.ts'
import { createDocumentStore, type DocumentStore } from '../../../src/documents/store.ts'
import { AppError } from '../../../src/errors.ts'
import type { Database } from '../../../src/postgres/database.ts'
import { openTestDatabase } from '../../support/database.ts'

const document = (id: string, text = 'text'): NewDocument => ({
  id,
  title: id,
  text,
  tags: [],
  source: 'add_document',
})
const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)
const isQuotaError = (limit: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === 'quota_exceeded' && limit.test(error.message)

describe('the document quota', () => {
  let database: Database
  let documents: DocumentStore

  before(async () => {
    database = await openTestDatabase()
    documents = createDocumentStore({ database, publicUrl: '', quota: { total: 6, perCaller: 4 } })
  })
  beforeEach(async () => {
    await database.query('truncate documents, document_words')
  })

  /** Adds documents at the same time. @returns how many were added and how many rejected */
  async function addAll(addedBy: string, added: readonly string[]) {
    const results = await Promise.allSettled(added.map((id) => documents.add(document(id), { addedBy })))
    const rejected = results.filter((result) => result.status === 'rejected')
    for (const { reason } of rejected) assert.ok(isQuotaError(/MAX_DOCUMENTS/)(reason), String(reason))
    return { added: results.length - rejected.length, rejected: rejected.length }
  }
  const stored = async () =>
    (
      await database.query<{ by: string | null; count: number }>(
        'select added_by as by, count(*)::int as count from documents group by 1 order by 1',
      )
    ).map(({ by, count }) => [by, count])

  it('bounds the documents of one caller, and names the limit', async () => {
    assert.deepEqual(await addAll('one', ids('a', 4)), { added: 4, rejected: 0 })
    await assert.rejects(
      documents.add(document('more'), { addedBy: 'one' }),
      isQuotaError(
        /^Document quota reached: each caller can add 4 documents \(MAX_DOCUMENTS_PER_CALLER\)\. /,
      ),
    )
    assert.equal((await documents.add(document('other'), { addedBy: 'two' })).outcome, 'created')
  })

  it('bounds the documents of all callers', async () => {
    await addAll('one', ids('a', 3))
    await addAll('two', ids('b', 3))
    await assert.rejects(
      documents.add(document('more'), { addedBy: 'three' }),
      isQuotaError(/: all callers together can add 6 documents \(MAX_DOCUMENTS\)\. /),
    )
  })

  it('holds under concurrent additions of one caller and of several', async () => {
    assert.deepEqual(await addAll('one', ids('a', 8)), { added: 4, rejected: 4 })
    await database.query('truncate documents')
    const results = await Promise.all(['one', 'two', 'three'].map((by) => addAll(by, ids(by, 3))))
    assert.equal(
      results.reduce((sum, { added }) => sum + added, 0),
      6,
    )
    assert.equal(
      (await stored()).reduce((sum, [, count]) => sum + Number(count), 0),
      6,
    )
  })

  it('lets a caller at the limit add an existing document again', async () => {
    await addAll('one', ids('a', 4))
    assert.equal((await documents.add(document('a-0'), { addedBy: 'one' })).outcome, 'unchanged')
  })

  it('does not count ingested documents, and counts one no longer that was ingested over', async () => {
    await documents.load([ids('file', 20).map((id) => document(id))])
    await addAll('one', ids('a', 4))
    await documents.load([[document('a-0', 'from a file'), document('a-1', 'from a file')]])
    assert.deepEqual(await stored(), [
      ['one', 2],
      [null, 22],
    ])
    assert.deepEqual(await addAll('one', ids('b', 2)), { added: 2, rejected: 0 })
  })

  it('writes nothing for a rejected document', async () => {
    await addAll('one', ids('a', 4))
    const size = () =>
      database.query(
        `select pg_total_relation_size('documents') as documents, pg_total_relation_size('document_words') as words`,
      )
    const before = await size()
    await assert.rejects(
      documents.add(document('more', randomBytes(90_000).toString('hex')), { addedBy: 'one' }),
    )
    assert.deepEqual(await size(), before)
  })

  it('writes no words of a document whose id is taken', async () => {
    await addAll('one', ids('a', 1))
    const words = () => database.query('select count(*)::int as words from document_words')
    const before = await words()
    const other = document(
      'a-0',
      randomBytes(90_000)
        .toString('base64')
        .replaceAll(/[^a-z]+/gi, ' '),
    )
    assert.equal((await documents.add(other, { addedBy: 'one' })).outcome, 'taken')
    assert.deepEqual(await words(), before)
  })

  it('has room again when documents are deleted', async () => {
    await addAll('one', ids('a', 4))
    await database.query("delete from documents where id = 'a-0'")
    assert.equal((await documents.add(document('more'), { addedBy: 'one' })).outcome, 'created')
  })
})
