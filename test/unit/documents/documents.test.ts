import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { documentIdOf, documentIdPattern, slug } from '../../../src/documents/document-id.ts'
import { listMarkdownFiles, MarkdownError, readMarkdown } from '../../../src/documents/markdown-folder.ts'
import { wordsOf } from '../../../src/documents/words.ts'

function folderOf(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-markdown-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

describe('documentIdOf', () => {
  it('derives the id from the path', () => {
    assert.equal(documentIdOf('runbooks/High Error Rate.md'), 'runbooks.high-error-rate')
    assert.equal(documentIdOf('README.md', 'My notes'), 'my-notes.readme')
    assert.equal(slug('Crème brûlée & Ünïcode!'), 'creme-brulee-unicode')
  })

  it('returns a valid id for any path', () => {
    for (const path of [
      '日本語/説明.md',
      '---.md',
      `${'long/'.repeat(80)}x.md`,
      "'; drop table.md",
      '%00.md',
      '..md',
    ]) {
      assert.match(documentIdOf(path), documentIdPattern, path)
    }
    assert.notEqual(documentIdOf('日本語.md'), documentIdOf('中文.md'))
  })
})

describe('readMarkdown', () => {
  it('reads the title from the front matter, the first heading or the file name', async () => {
    const folder = folderOf({
      'a.md': '---\ntitle: From front matter\ntags: [one, 2]\nurl: https://example.org/a\n---\n# Heading\n',
      'b.md': 'intro\n\n## From heading ##\n',
      'c.md': 'no heading',
    })
    const [a, b, c] = await Promise.all(['a.md', 'b.md', 'c.md'].map((path) => readMarkdown(folder, path)))
    assert.deepEqual([a?.title, b?.title, c?.title], ['From front matter', 'From heading', 'c'])
    assert.deepEqual([a?.tags, a?.url, a?.text], [['one', '2'], 'https://example.org/a', '# Heading\n'])
  })

  it('rejects an invalid file with its path and the reason', async () => {
    const invalid: Record<string, [string | Buffer, RegExp]> = {
      'empty.md': [' \n', /the file is empty/],
      'binary.md': [Buffer.from([0x23, 0xff, 0xfe]), /not valid UTF-8/],
      'nul.md': ['a\0b', /NUL/],
      'yaml.md': ['---\ntags: [a\n---\ntext', /front matter is not valid YAML/],
      'fields.md': ['---\nurl: javascript:alert(1)\n---\ntext', /invalid front matter at "url"/],
      'huge.md': ['x'.repeat(1_000_001), /exceeds 1,000,000 characters/],
    }
    const folder = folderOf(
      Object.fromEntries(Object.entries(invalid).map(([path, [content]]) => [path, content])),
    )
    for (const [path, [, reason]] of Object.entries(invalid)) {
      await assert.rejects(
        readMarkdown(folder, path),
        (error: unknown) =>
          error instanceof MarkdownError &&
          error.message.startsWith(`${path}: `) &&
          reason.test(error.message),
        path,
      )
    }
  })
})

describe('listMarkdownFiles', () => {
  it('lists files of any depth in order, without hidden folders and node_modules', async () => {
    const folder = folderOf({
      'b.md': '#',
      'a/z.md': '#',
      'a/note.txt': '',
      '.git/x.md': '',
      'node_modules/p/readme.md': '',
    })
    assert.deepEqual(await listMarkdownFiles(folder), ['a/z.md', 'b.md'])
    assert.deepEqual(await listMarkdownFiles(`${folder}/`), ['a/z.md', 'b.md'])
  })

  it('rejects a folder that is missing, a file or empty', async () => {
    const folder = folderOf({ 'file.txt': '' })
    await assert.rejects(listMarkdownFiles(join(folder, 'none')), /no such folder/)
    await assert.rejects(listMarkdownFiles(join(folder, 'file.txt')), /not a folder/)
    await assert.rejects(listMarkdownFiles(folder), /no Markdown files/)
  })
})

describe('wordsOf', () => {
  it('returns the distinct words of a text for the typo index', () => {
    assert.deepEqual(wordsOf('The Scheduler (scheduler!) ran 12345 times; naïve café_x'), [
      'scheduler',
      'times',
      'naïve',
      'café',
    ])
  })
})
