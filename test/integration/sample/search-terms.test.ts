// cspell:disable -- prose-ok: stems, misspelt words and other scripts
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, beforeEach, describe, it } from 'node:test'
import type { NewDocument } from '../../../src/documents/document.ts'
import { stem } from '../../../src/documents/stem.ts'
import { createDocumentStore, type DocumentStore } from '../../../src/documents/store.ts'
import type { Database } from '../../../src/postgres/database.ts'
import { openTestDatabase } from '../../support/database.ts'

const document = (id: string, text: string, title = 'Untitled'): NewDocument => ({
  id,
  title,
  text,
  tags: [],
  source: id,
})

/** Seven letters for a number. */
const lettersOf = (n: number): string =>
  Array.from({ length: 7 }, (_, at) => String.fromCharCode(97 + (Math.floor(n / 26 ** at) % 26))).join('')

describe('the words of documents', () => {
  let database: Database
  let documents: DocumentStore
  before(async () => {
    database = await openTestDatabase()
    documents = createDocumentStore({ database, publicUrl: 'https://mcp.example.org' })
  })
  beforeEach(async () => {
    await database.query('truncate documents')
  })
  const words = async () =>
    (
      await database.query<{ word: string }>(
        'select coalesce(spelling, word) as word from document_words order by 1',
      )
    ).map(({ word }) => word)
  const idsFor = async (query: string) => (await documents.search(query)).hits.map(({ id }) => id)

  it('have the stems of the English dictionary of PostgreSQL', async () => {
    const texts = readdirSync('docs', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => readFileSync(join('docs', name), 'utf8'))
    const stems = new Set(
      texts
        .join(' ')
        .toLowerCase()
        .match(/[a-z]+/g),
    )
    const suffixes = ['', 's', 'es', 'ed', 'ing', 'ly', 'ness', 'ation', 'ful', 'ize', 'er', 'ies']
    const all = [...stems]
      .flatMap((word) => suffixes.map((suffix) => word + suffix))
      .filter((word) => !/yy/.test(word))
    const rows = await database.query<{ word: string; expected: string }>(
      `select word, (ts_lexize('english_stem', word))[1] as expected from unnest($1::text[]) as word`,
      [all],
    )
    const known = rows.filter(({ expected }) => expected !== null)
    assert.ok(known.length > 20_000)
    assert.deepEqual(
      known.filter(({ word, expected }) => stem(word) !== expected),
      [],
    )
  })

  it('are corrected to only if a document still has them, and the result says so', async () => {
    // Some that resemble the typo more than the word that is left.
    const crowd = Array.from(
      { length: 60 },
      (_, n) => `kangarod${String.fromCharCode(97 + (n % 26))}${'q'.repeat(n / 26)}`,
    )
    await documents.load([[document('kept', 'kangaroo'), document('gone', crowd.join(' '))]])
    await database.query(`update documents set search = 'other', text = 'other' where id = 'gone'`)
    const { hits, note } = await documents.search('kangarod')
    assert.deepEqual(
      hits.map(({ id }) => id),
      ['kept'],
    )
    assert.match(
      note ?? '',
      /^One word of the query occurs in no document; searched for "kangaroo" instead\.$/,
    )
  })

  it('are removed with the last document that has them', async () => {
    await documents.load([[document('a', 'shared kangaroo'), document('b', 'shared platypus')]])
    assert.deepEqual(await words(), ['kangaroo', 'platypus', 'shared', 'untitled'])
    await database.query(`delete from documents where id = 'a'`)
    assert.deepEqual(await words(), ['platypus', 'shared', 'untitled'])
    await database.query(`delete from documents`)
    assert.deepEqual(await words(), [])
  })

  it('are removed when a caller replaces the last document that has them', async () => {
    const addedBy = 'one'
    await documents.add(document('a', 'shared kangaroo'), { addedBy })
    await documents.add(document('b', 'shared platypus'), { addedBy })
    const { holder } = await documents.add(document('a', 'a wombat'), { addedBy })
    assert.deepEqual(await words(), ['kangaroo', 'platypus', 'shared', 'untitled'])
    const replaces = holder?.version ?? ''
    assert.equal((await documents.add(document('a', 'a wombat'), { addedBy, replaces })).outcome, 'replaced')
    assert.deepEqual(await words(), ['platypus', 'shared', 'untitled', 'wombat'])
  })

  it('of a large document can all be replaced, even if statistics say that there are few words', async () => {
    const addedBy = 'one'
    const add = (seed: number, replaces?: string) => {
      const text = Array.from({ length: 200_000 / 8 }, (_, n) => lettersOf(n * 7_919 + seed)).join(' ')
      return documents.add(document('large', text), { addedBy, ...(replaces && { replaces }) })
    }
    await add(0)
    await database.query('delete from document_words where ctid <> (select max(ctid) from document_words)')
    await database.query('vacuum analyze document_words')
    await database.query('delete from documents')
    await add(1)
    const { holder } = await add(2)
    const before = (await words()).length
    assert.equal((await add(2, holder?.version)).outcome, 'replaced')
    assert.equal((await words()).length, before)
  })

  it('include no base64, hex dumps, UUIDs and hashes', async () => {
    const base64 = Buffer.from(Array.from({ length: 600 }, (_, n) => (n * n * 7 + n * 13) % 256)).toString(
      'base64',
    )
    await documents.load([
      [
        document(
          'junk',
          `readable ![](data:image/png;base64,${base64})
${base64.replace(/.{76}/g, '$&\n')}
3f2504e0-4f89-11d3-9a0c-0305e82c3301 da39a3ee5e6b4b0d3255bfef95601890afd80709
00000000 7f45 4c46 dead0beef 0201 |.ELF| 123456`,
        ),
      ],
    ])
    assert.deepEqual(await words(), ['readable', 'untitled'])
  })

  it('are found in a database of locale C', async () => {
    // The default of the tests; the trigrams of Postgres ignore other letters than those of ASCII there.
    await documents.load([
      [document('hi', 'डेटाबेस कनेक्शन टूटने पर'), document('ru', 'ЖУРНАЛ ОШИБОК'), document('fr', 'Élan')],
    ])
    assert.deepEqual(await idsFor('कनेक्षन'), ['hi'])
    assert.deepEqual(await idsFor('журналл'), ['ru'])
    assert.deepEqual(await idsFor('elan'), ['fr'])
  })

  it('of scripts without spaces are found by questions, and by single characters in quotes and exclusions', async () => {
    await documents.load([
      [
        document('pool', '接続プールが枯渇したときは、まず接続の漏れを確認します。'),
        document('redis', 'redis 中国语'),
        document('stock', '库存'),
      ],
    ])
    const question = 'データベースの接続プールが枯渇したときに最初に確認すべきことは何ですか'
    const { hits, note } = await documents.search(question)
    assert.equal(hits[0]?.id, 'pool')
    assert.match(note ?? '', /^Only the first 32 words of the query were used\. Partial matches: /)
    assert.doesNotMatch(note ?? '', /no document contains/)
    assert.match((await documents.search('未知文字列'.repeat(9))).note ?? '', /^Only the first 32 words/)
    assert.deepEqual(await idsFor('プールが枯渇'), ['pool'])
    await documents.load([[document('bouncer', 'pgbouncer')]])
    assert.deepEqual(await idsFor(`${'漢字仮名交文'.repeat(3)} pgbouncer`), ['bouncer'])
    assert.deepEqual(await idsFor(`${'漢字仮名交文'.repeat(9)} pgbouncer`), ['bouncer'])
    assert.deepEqual(await idsFor('"库"'), ['stock'])
    assert.deepEqual(await idsFor('redis -中'), [])
  })

  it('tell a partial match from a match of the whole query', async () => {
    await documents.load([[document('a', 'red kangaroo'), document('b', 'blue platypus')]])
    assert.equal((await documents.search('red kangaroo')).note, undefined)
    const { hits, note } = await documents.search('red platypus kangaroo zebra')
    assert.deepEqual(
      hits.map(({ id }) => id),
      ['a', 'b'],
    )
    assert.match(note ?? '', /^Partial matches: .*Words of the query that no document contains: 1\./)
    assert.deepEqual(await documents.search('zebra'), { hits: [] })
  })

  it('of a sentence need not all match', async () => {
    await documents.load([
      [
        document('deploy', 'Commands.', 'Deploy to production'),
        document('all', 'We deploy the fastest way', 'Notes'),
      ],
    ])
    const { hits, note } = await documents.search('what is the fastest way to deploy?')
    assert.deepEqual(hits.map(({ id }) => id).sort(), ['all', 'deploy'])
    assert.match(note ?? '', /^Some of these results are partial matches/)
  })
})
