import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { NewDocument } from '../../../src/documents/document.ts'
import { ingest } from '../../../src/documents/ingest.ts'
import { createDocumentStore, type DocumentStore } from '../../../src/documents/store.ts'
import type { Database } from '../../../src/postgres/database.ts'
import { openTestDatabase } from '../../support/database.ts'

const document = (id: string, title: string, text: string, tags: string[] = []): NewDocument => ({
  id,
  title,
  text,
  tags,
  source: `${id}.md`,
})

describe('the document store', () => {
  let database: Database
  let documents: DocumentStore

  before(async () => {
    database = await openTestDatabase()
    documents = createDocumentStore({ database, publicUrl: 'https://mcp.example.org' })
  })
  beforeEach(async () => {
    await database.query('truncate documents, document_words')
  })
  const save = (...saved: NewDocument[]) => documents.load([saved])
  const idsFor = async (query: string) => (await documents.search(query)).hits.map(({ id }) => id)

  describe('search', () => {
    it('ranks a match in the title above one in the tags above one in the text', async () => {
      await save(
        document('in-text', 'One', 'All about latency here.'),
        document('in-tags', 'Two', 'Something else here.', ['latency']),
        document('in-title', 'Latency', 'Something else here.'),
        document('nowhere', 'Three', 'Something else here.'),
      )
      assert.deepEqual(await idsFor('latency'), ['in-title', 'in-tags', 'in-text'])
    })

    it('supports phrases, OR and exclusion', async () => {
      await save(
        document('a', 'A', 'the quick brown fox'),
        document('b', 'B', 'brown and quick'),
        document('c', 'C', 'a lazy dog'),
      )
      assert.deepEqual(await idsFor('"quick brown"'), ['a'])
      assert.deepEqual((await idsFor('fox OR dog')).sort(), ['a', 'c'])
      assert.deepEqual(await idsFor('quick -fox'), ['b'])
    })

    it('finds inflected forms of a word', async () => {
      await save(document('a', 'A', 'Alerts were firing.'))
      assert.deepEqual(await idsFor('alert fires'), ['a'])
    })

    it('corrects typos when nothing matches', async () => {
      await save(
        document('a', 'Prometheus', 'Scrapes the metrics.'),
        document('b', 'Grafana', 'Draws the metrics.'),
      )
      assert.deepEqual(await idsFor('promethues'), ['a'])
      assert.deepEqual(await idsFor('grafna metrcs'), ['b'])
      assert.deepEqual(await idsFor('zzzzzzzz'), [])
      assert.deepEqual(await idsFor('metrcs -scrapes'), ['b'])
      assert.deepEqual(await idsFor('metrcs -"draws the" -scrapes'), [])
    })

    it('returns a snippet with the match, as plain text, and the URL', async () => {
      const filler = (words: string) => `${words} `.repeat(300)
      const markdown =
        '\n\n## The *needle*\n\n| name | value |\n|---|---|\n| `eye` | **thread** [x](y) |\n\n```sh\nsew\n```\n\n'
      await save(document('a', 'A', `${filler('Filler words.')}${markdown}${filler('More filler.')}`))
      const [hit] = (await documents.search('needle')).hits
      assert.match(hit?.snippet ?? '', /^… .* The needle name, value eye, thread x sew More filler\. .* …$/)
      assert.ok((hit?.snippet.length ?? 0) < 320)
      assert.equal(hit?.url, 'https://mcp.example.org/documents/a')
    })

    it('returns a snippet with the word, not with a longer word that contains it', async () => {
      await save(document('a', 'A', `It supports this. ${'filler '.repeat(400)}The port is 8080.`))
      assert.match((await documents.search('port')).hits[0]?.snippet ?? '', /port is 8080/)
    })

    it('returns a snippet with a word that has accents', async () => {
      await save(document('a', 'Menu', `${'filler '.repeat(400)}Soufflé`))
      assert.match((await documents.search('Soufflé menu')).hits[0]?.snippet ?? '', /Soufflé/)
    })

    it('accepts any text as a query', async () => {
      await save(document('a', 'A', 'plain text'))
      const hostile = [
        '%',
        "'",
        "';drop table documents;--",
        ':*',
        'a:*',
        '!',
        '&',
        '|',
        '<->',
        '(',
        '"',
        '"unmatched',
        '\\',
        'the of and',
        '😀',
        '\u202e',
        'a & !b | (c',
        'word '.repeat(2000),
        'x'.repeat(10_000),
        '\ud800',
        '-',
        '- -',
        '-plain',
        '\u0301 \u0e31 \u00ad',
        '"\u0301" -\u0e31',
        '𐎠'.repeat(50),
      ]
      for (const query of hostile) await documents.search(query)
      assert.equal((await documents.list({ limit: 10 })).length, 1)
    })

    it('returns at most `limit` results', async () => {
      await save(...Array.from({ length: 30 }, (_, n) => document(`d${n}`, 'Twin', 'twin text')))
      assert.equal((await documents.search('twin', { limit: 7 })).hits.length, 7)
    })
  })

  it('lists each document once across pages', async () => {
    await save(...['c', 'a', 'b', 'e', 'd'].map((id) => document(id, id, 'text ü')))
    const first = await documents.list({ limit: 3 })
    const rest = await documents.list({ after: first.at(-1)?.id, limit: 3 })
    assert.deepEqual(
      [...first, ...rest].map(({ id }) => id),
      ['a', 'b', 'c', 'd', 'e'],
    )
    assert.equal(first[0]?.size, 7)
  })

  it('returns a document with its own URL if it has one', async () => {
    await save({ ...document('a', 'A', 'text', ['x', 'y']), url: 'https://example.org/a' })
    const found = await documents.get('a')
    assert.deepEqual([found?.url, found?.tags, found?.source], ['https://example.org/a', ['x', 'y'], 'a.md'])
    assert.ok(found?.createdAt instanceof Date)
    assert.equal(await documents.get('b'), undefined)
  })

  it('treats % and _ in a prefix literally', async () => {
    await save(document('a_b', 'A', 't'), document('axb', 'B', 't'))
    assert.deepEqual(await documents.idsStartingWith('a_', 10), ['a_b'])
    assert.deepEqual(await documents.idsStartingWith('%', 10), [])
  })

  it('adds a document once under concurrent calls', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, () =>
        documents.add(document('a', 'Fresh', 'unmistakable'), { addedBy: 'one' }),
      ),
    )
    assert.equal(results.filter(({ outcome }) => outcome === 'created').length, 1)
    assert.deepEqual(await idsFor('unmistakable'), ['a'])
  })

  it('announces what it committed, and nothing else', async () => {
    const announced: string[][] = []
    const onChange = async (ids: readonly string[]) => void announced.push([...ids])
    const store = createDocumentStore({ database, publicUrl: '', onChange })
    const one = document('a', 'A', 'text')
    for (let times = 0; times < 2; times++) await store.add(one, { addedBy: 'one' })
    assert.deepEqual(announced, [['a']])
    const others = [document('b', 'B', 'text'), document('c', 'C', 'text')]
    for (let times = 0; times < 2; times++) await store.load([others])
    assert.deepEqual(announced, [['a'], []])
    async function* broken() {
      yield [document('d', 'D', 'text')]
      throw new Error('broken batch')
    }
    await assert.rejects(store.load(broken()), /broken batch/)
    assert.equal(announced.length, 2)
  })

  it('indexes only the beginning of a text beyond the tsvector limit instead of failing', async () => {
    const words = Array.from({ length: 120_000 }, (_, n) => `w${n.toString(36)}`).join(' ')
    await save(document('long', 'Long', `beginning ${words}`))
    assert.deepEqual(await idsFor('beginning'), ['long'])
  })

  describe('ingest', () => {
    function createFolder(files: Record<string, string>): string {
      const folder = mkdtempSync(join(tmpdir(), 'mcp-ingest-'))
      after(() => rmSync(folder, { recursive: true, force: true }))
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
      return folder
    }

    it('updates only documents whose file has changed', async () => {
      const folder = createFolder({ 'a.md': '# A\none', 'b.md': '# B\ntwo' })
      assert.deepEqual((await ingest({ documents, folder })).counts, {
        inserted: 2,
        updated: 0,
        unchanged: 0,
      })
      const before = await documents.get('a')
      writeFileSync(join(folder, 'b.md'), '# B\nchanged')
      assert.deepEqual((await ingest({ documents, folder })).counts, {
        inserted: 0,
        updated: 1,
        unchanged: 1,
      })
      assert.deepEqual((await documents.get('a'))?.updatedAt, before?.updatedAt)
      assert.deepEqual(await idsFor('changed'), ['b'])
      const [row] = await database.query<{ locked: boolean }>(
        "select xmax <> 0 as locked from documents where id = 'a'",
      )
      assert.equal(row?.locked, false)
    })

    it('loads nothing when files are invalid and names each with line and reason', async () => {
      const files = Object.fromEntries(
        Array.from({ length: 2_500 }, (_, n) => [`${String(n).padStart(4, '0')}.md`, `# ${n}`]),
      )
      const folder = createFolder({
        ...files,
        '0003.md': '',
        '2400.md': 'one\n\0',
        '2450.md': '---\na: 1\na: 2\n---\nx',
      })
      await assert.rejects(ingest({ documents, folder }), {
        name: 'IngestError',
        message: [
          '0003.md: the file is empty',
          '2400.md:2: contains a NUL character',
          '2450.md:3: the front matter is not valid YAML: Map keys must be unique',
          '3 of 2500 files invalid. Nothing was loaded. --skip-bad loads the others.',
        ].join('\n'),
      })
      assert.deepEqual(await documents.list({ limit: 1 }), [])
      const { counts, bad } = await ingest({ documents, folder, skipBad: true })
      assert.deepEqual(
        [counts.inserted, bad.map(({ path }) => path)],
        [2_497, ['0003.md', '2400.md', '2450.md']],
      )
    })

    it('names the files of the batch when the database fails, and loads nothing', async () => {
      await database.query(`create function refuse() returns trigger language plpgsql as
        $$ begin if new.title = '2200' then raise exception 'refused for a test'; end if; return new; end $$`)
      await database.query(
        'create trigger refuse before insert on documents for each row execute function refuse()',
      )
      try {
        const names = Array.from({ length: 2_500 }, (_, n) => String(n).padStart(4, '0'))
        const folder = createFolder(Object.fromEntries(names.map((name) => [`${name}.md`, `# ${name}`])))
        await assert.rejects(ingest({ documents, folder }), {
          name: 'IngestError',
          message:
            '2000.md to 2499.md (500 files): the database failed: refused for a test\nNothing was loaded.',
        })
        assert.deepEqual(await documents.list({ limit: 1 }), [])
      } finally {
        await database.query('drop function refuse cascade')
      }
    })

    it('loads nothing when it is aborted between and during statements', async () => {
      const files = Object.fromEntries(Array.from({ length: 4_500 }, (_, n) => [`${n}.md`, `# ${n}`]))
      const folder = createFolder(files)
      for (const statement of [1, 2]) {
        const interruption = new AbortController()
        const load = ingest({
          documents,
          folder,
          signal: interruption.signal,
          onProgress: (done) => {
            if (done === 2_000 * statement) interruption.abort(new Error('interrupted'))
          },
        })
        await assert.rejects(load, /^Error: interrupted$/)
        assert.deepEqual(await documents.list({ limit: 1 }), [])
      }
    })

    describe('ids', () => {
      const idOf = async (source: string) => {
        const [row] = await database.query<{ id: string }>('select id from documents where source = $1', [
          source,
        ])
        return row?.id
      }

      it('gives files whose names differ only in what a slug loses ids of their own, in each load the same', async () => {
        const folder = createFolder({
          'C.md': '# C',
          'c.md': '# c',
          'C#.md': '# C#',
          'C++.md': '# C++',
          'a b.md': '# 1',
          'a-b.md': '# 2',
        })
        assert.equal((await ingest({ documents, folder })).counts.inserted, 6)
        assert.deepEqual([await idOf('C.md'), await idOf('a-b.md')], ['c', 'a-b'])
        assert.deepEqual((await ingest({ documents, folder })).counts, {
          inserted: 0,
          updated: 0,
          unchanged: 6,
        })
        // Without the file that has the plain id, the other one keeps its own.
        rmSync(join(folder, 'C.md'))
        assert.equal((await ingest({ documents, folder })).counts.unchanged, 5)
      })

      it('keeps the id under which a document is stored, and finds it by its id of today, too', async () => {
        // As an earlier release stored them.
        await save({ ...document('notes.foo-bar', 'Old', 'Old text.'), source: 'foo_bar.md' })
        const folder = createFolder({ 'foo_bar.md': '# Old\n\nnew text', 'foo-bar.md': '# New' })
        const { counts } = await ingest({ documents, folder, idPrefix: 'notes' })
        assert.deepEqual(counts, { inserted: 1, updated: 1, unchanged: 0 })
        assert.equal(await idOf('foo_bar.md'), 'notes.foo-bar')
        assert.match((await idOf('foo-bar.md')) ?? '', /^notes\.foo-bar-[0-9a-f]{8}$/)
        assert.equal((await documents.get('notes.foo-bar-4928cae8'))?.source, 'foo_bar.md')
        assert.equal(await documents.get('notes.foo-bar-00000000'), undefined)
      })

      it('replaces a document that was loaded from another folder under the same id', async () => {
        await ingest({ documents, folder: createFolder({ 'a.md': '# A' }), idPrefix: 'docs' })
        const parent = createFolder({})
        mkdirSync(join(parent, 'docs'))
        writeFileSync(join(parent, 'docs', 'a.md'), '# A')
        assert.equal((await ingest({ documents, folder: parent })).counts.updated, 1)
      })
    })

    it('loads all files in batches of bounded size', async () => {
      const sizes: number[] = []
      const recordingStore: DocumentStore = {
        ...documents,
        load: (batches, onSaved) =>
          documents.load(
            (async function* () {
              for await (const batch of batches) {
                sizes.push(batch.reduce((sum, { text }) => sum + text.length, 0))
                yield batch
              }
            })(),
            onSaved,
          ),
      }
      const big = `# Big\n${'word '.repeat(180_000)}`
      const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`big-${n}.md`, big]))
      assert.equal(
        (await ingest({ documents: recordingStore, folder: createFolder(files) })).counts.inserted,
        40,
      )
      // A batch ends at 4,000,000 characters, checked after each 16 files that are read in parallel.
      assert.ok(sizes.length >= 3 && Math.max(...sizes) <= 16 * big.length, `${sizes}`)
    })

    it('loads many documents in constant memory', async () => {
      const text = 'alpha beta gamma delta epsilon '.repeat(12)
      const rss: number[] = []
      const heap: number[] = []
      const batches = function* () {
        for (let start = 0; start < 10_000; start += 500)
          yield Array.from({ length: 500 }, (_, n) =>
            document(`many-${start + n}`, `Number ${start + n}`, text),
          )
      }
      await documents.load(batches(), () => {
        rss.push(process.memoryUsage().rss / 1e6)
        heap.push(process.memoryUsage().heapUsed / 1e6)
      })
      assert.equal((await documents.list({ limit: 1 })).length, 1)
      assert.ok(
        (heap.at(-1) ?? 0) - (heap[3] ?? 0) < 100,
        `heap: ${heap.map(Math.round)}, rss: ${rss.map(Math.round)}`,
      )
    })

    it('stores a document of usual length inline, not in the TOAST table', async () => {
      const words = Array.from({ length: 150 }, (_, n) => `word${n}`).join(' ')
      const toastSize = async () => {
        const [row] = await database.query<{ size: number }>(
          `select pg_relation_size(reltoastrelid)::int as size from pg_class where relname = 'documents'`,
        )
        return row?.size
      }
      const before = await toastSize()
      await documents.load([[document('of-usual-length', 'Of usual length', words)]])
      assert.equal(await toastSize(), before)
    })

    it('prefixes ids and reports progress', async () => {
      const folder = createFolder({ 'a.md': '# A' })
      const progress: number[][] = []
      await ingest({
        documents,
        folder,
        idPrefix: 'notes',
        onProgress: (...numbers) => progress.push(numbers),
      })
      assert.ok(await documents.get('notes.a'))
      assert.deepEqual(progress, [[1, 1]])
    })
  })
})
