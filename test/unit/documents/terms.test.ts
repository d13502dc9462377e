// cspell:disable -- prose-ok: stems, misspelt words and other scripts
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parseQuery } from '../../../src/documents/search-query.ts'
import { searchVectorOf } from '../../../src/documents/search-terms.ts'
import { runsOf } from '../../../src/documents/terms.ts'
import { wordKey } from '../../../src/documents/words.ts'

const partsOf = (text: string) => runsOf(text).flatMap(({ parts }) => parts)

describe('the lexemes of a text', () => {
  it('are the parts of glued names, and the whole of words in camel case', () => {
    assert.deepEqual(partsOf('src/a_b/dugong.ts v2.14.3 -32603'), [
      'src',
      'a',
      'b',
      'dugong',
      'ts',
      'v',
      '2',
      '14',
      '3',
      '32603',
    ])
    assert.deepEqual(runsOf('parseHTTPHeader')[0]?.parts, ['pars', 'http', 'header'])
    assert.equal(runsOf('parseHTTPHeader')[0]?.whole, 'parsehttphead')
  })

  it('are the same for every composition, width and case', () => {
    for (const [one, other] of [
      ['café', 'cafe\u0301'],
      ['CAFÉ', 'cafe'],
      ['ｆｕｌｌ', 'full'],
      ['ﾃﾞｰﾀ', 'データ'],
      ['STRASSE', 'straße'],
      ['ΟΔΟΣ', 'οδος'],
      ['한국어', '한국어'.normalize('NFD')],
    ] as const)
      assert.deepEqual(partsOf(one), partsOf(other), `${one} ${other}`)
  })

  it('are pairs of characters in scripts without spaces', () => {
    assert.deepEqual(partsOf('数据库'), ['数据', '据库', '库'])
    assert.deepEqual(partsOf('PostgreSQLの設定'), ['postgr', 'sql', 'の設', '設定', '定'])
  })

  it('have positions that no phrase of two fields can match', () => {
    const words: string[] = []
    const vector = searchVectorOf({ title: 'Open', tags: ['tag'], text: 'camelCase text' }, (run) => {
      words.push(...run.words.map(({ text }) => text))
    })
    assert.equal(vector.trim(), 'open:1A tag:3B camelcas:5C camel:5C case:6C camelcas:6C text:7C')
    assert.deepEqual(words, ['open', 'camelcase', 'camel', 'case', 'text'])
  })

  it('end before a tsvector is too large', () => {
    const text = Array.from({ length: 100_000 }, (_, n) =>
      String.fromCodePoint(0x4e00 + (n % 20_000), 0x4e00 + ((n * 7) % 20_000)),
    ).join('')
    assert.ok(Buffer.byteLength(searchVectorOf({ title: 'x', tags: [], text }, () => undefined)) < 2_000_000)
  })
})

describe('the analyses of words', () => {
  const character = (at: number) => String.fromCodePoint(0x4e00 + ((at * 7919) % 20_000))
  const texts: Readonly<Record<string, (index: number) => string>> = {
    'few runs of many characters': (index) =>
      index > 6 ? '' : Array.from({ length: 200_000 }, (_, at) => character(at + index)).join(''),
    // A letter that folds to eighteen.
    'many runs that fold to long words': (index) => '\ufdfa'.repeat(90) + index,
  }
  for (const [name, textOf] of Object.entries(texts))
    it(`are kept within a limit of memory for ${name}`, () => {
      setFlagsFromString('--expose-gc')
      const collectGarbage: () => void = runInNewContext('gc')
      collectGarbage()
      const before = process.memoryUsage().heapUsed
      for (let index = 1; index <= 10_000; index++) runsOf(textOf(index))
      collectGarbage()
      const growth = process.memoryUsage().heapUsed - before
      assert.ok(growth < 20_000_000, `${growth} bytes`)
    })
})

describe('a query', () => {
  it('ignores words without a subject unless it has no others', () => {
    assert.equal(parseQuery('how do I add a tool?')?.indexed, "('add' & 'tool')")
    assert.equal(parseQuery("why doesn't the server start?")?.indexed, "('server' & 'start')")
    assert.equal(parseQuery('the who')?.indexed, "('the' & 'who')")
  })

  it('excludes a word after a minus, but neither a number nor an option', () => {
    assert.equal(parseQuery('redis -cache')?.match, "(('redi')) & !('cach')")
    assert.equal(parseQuery('-32603')?.excluded, '')
    assert.equal(parseQuery('ingest --skip')?.excluded, '')
    assert.equal(parseQuery('docker run -p 8080')?.excluded, '')
  })

  it('is no sentence because of AND', () => {
    assert.equal(parseQuery('redis AND cache')?.isSentence, false)
  })

  it('has no words if it only excludes', () => {
    for (const query of ['-cache', '', '- !', '""']) assert.equal(parseQuery(query), undefined)
  })
})

describe('the key of a word', () => {
  it('consists of letters of ASCII and differs for different words', () => {
    assert.equal(wordKey('kangaroo'), 'kangaroo')
    const keys = ['журнал', 'журнад', 'डेटाबेस', 'データ'].map(wordKey)
    for (const key of keys) assert.match(key, /^[a-z]+$/)
    assert.equal(new Set(keys).size, keys.length)
  })
})
