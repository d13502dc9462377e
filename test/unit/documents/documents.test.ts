import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { after, describe, it } from 'node:test'
import { documentIdOf, documentIdPattern, plainIdOf, slug } from '../../../src/documents/document-id.ts'
import { readMarkdown } from '../../../src/documents/markdown-file.ts'
import { listMarkdownFiles } from '../../../src/documents/markdown-folder.ts'
import { ownSiblings } from '../../../src/documents/own-documents.ts'

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
    assert.equal(documentIdOf('runbooks/high-error-rate.md'), 'runbooks.high-error-rate')
    assert.equal(documentIdOf('../README.md'), 'readme')
    assert.equal(documentIdOf('guides/README.md', 'notes'), 'notes.guides.readme')
    assert.equal(documentIdOf('a.mdx'), 'a_mdx')
    assert.equal(slug('Crème brûlée & Ünïcode!'), 'creme-brulee-unicode')
  })

  it('adds a hash of the name where the slug loses something', () => {
    assert.equal(documentIdOf('runbooks/High Error Rate.md'), 'runbooks.high-error-rate-fbb2aa2e')
    const names = [
      'c',
      'C++',
      'C#',
      'c-',
      'foo_bar',
      'foo bar',
      'foo-bar',
      'Foo-bar',
      'x 说明',
      'x 日本',
      'é',
      'e',
      'a.mdx',
      'a-mdx',
      'a_mdx',
      'a.md',
      'a',
    ]
    const long = ['x', 'y'].map((end) => 'long-'.repeat(20) + end)
    const ids = [...names, ...long].map((name) => documentIdOf(`${name}.md`))
    assert.equal(new Set(ids).size, ids.length, `${ids}`)
    for (const id of ids) assert.match(id, documentIdPattern)
  })

  it('does not depend on the Unicode normalization of the name', () => {
    assert.equal(documentIdOf('\u00e9.md'), documentIdOf('e\u0301.md'))
  })

  it('keeps the id of earlier releases as plainIdOf, which the own documents still have', () => {
    for (const path of [...readdirSync('docs', { recursive: true, encoding: 'utf8' }), ...ownSiblings])
      if (path.endsWith('.md')) assert.equal(documentIdOf(path), plainIdOf(path))
    assert.equal(plainIdOf('runbooks/High Error Rate.md'), 'runbooks.high-error-rate')
    assert.equal(plainIdOf('README.md', 'My notes'), 'my-notes.readme')
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
  it('rejects a file that vanished, and one whose name is not UTF-8', async () => {
    const folder = folderOf({})
    await assert.rejects(readMarkdown(folder, 'gone.md'), { message: 'no such file' })
    await assert.rejects(readMarkdown(folder, 'caf\uFFFD.md'), {
      message: 'the name is not valid UTF-8; rename it',
    })
  })

  it('reads hostile front matter and headings in bounded time', async () => {
    const folder = folderOf({
      'blanks.md': `# a${' '.repeat(900_000)}b`,
      'lists.md': '- a\n'.repeat(250_000),
      'headings.md': '<h1 '.repeat(200_000),
      'brackets.md': `---\na: ${'['.repeat(300_000)}\n---\nx`,
      'colons.md': `---\n${'a: b: c\n'.repeat(50_000)}---\nx`,
    })
    // The former expression for titles took minutes for blanks.md.
    for (const path of ['blanks.md', 'lists.md', 'headings.md'])
      assert.equal((await readMarkdown(folder, path)).document.title, path.slice(0, -3))
    for (const path of ['brackets.md', 'colons.md'])
      await assert.rejects(readMarkdown(folder, path), { message: 'front matter exceeds 20000 characters' })
  })
})

describe('listMarkdownFiles', () => {
  const countsOf = ({ leftOut }: Awaited<ReturnType<typeof listMarkdownFiles>>) =>
    Object.fromEntries(leftOut.map(({ reason, count }) => [reason, count]))

  it('lists files of any depth in order and counts what it leaves out', async () => {
    const folder = folderOf({
      'b.md': '#',
      'a/z.md': '#',
      'a/note.txt': '',
      'a/folder.md/in.mdx': '',
      'my docs/m.markdown': '',
      'SHOUT.MD': '',
      '.git/x.md': '',
      '.hidden.md': '',
      'node_modules/p/readme.md': '',
    })
    const files = ['SHOUT.MD', 'a/folder.md/in.mdx', 'a/z.md', 'b.md', 'my docs/m.markdown']
    for (const name of [folder, `${folder}/`, `${folder}/a/..`, relative('.', folder)]) {
      const found = await listMarkdownFiles(name)
      assert.deepEqual(found.files, files, name)
      assert.deepEqual(countsOf(found), { hidden: 2, node_modules: 1, 'not Markdown': 1 })
    }
  })

  it('follows links of a mounted ConfigMap, but no link out of the folder or to files that it loads anyway', async () => {
    const folder = folderOf({
      '..2026_11_27/a.md': '# A',
      '..2026_11_27/sub/b.md': '# B',
      'real/c.md': '# C',
    })
    const outside = folderOf({ 'secret.md': '# Secret' })
    const links = {
      '..data': '..2026_11_27',
      'a.md': '..data/a.md',
      sub: '..data/sub',
      'again.md': 'real/c.md',
      'real-again': 'real',
      loop: '.',
      '..2026_11_27/sub/loop': '.',
      'secret.md': join(outside, 'secret.md'),
      outside: outside,
      'broken.md': 'nope.md',
      'self.md': 'self.md',
    }
    for (const [path, target] of Object.entries(links)) symlinkSync(target, join(folder, path))
    const found = await listMarkdownFiles(folder)
    assert.deepEqual(found.files, ['a.md', 'real/c.md', 'sub/b.md'])
    assert.deepEqual(countsOf(found), {
      hidden: 2,
      'links to loaded files': 4,
      'links that leave the folder': 2,
      'broken links': 2,
    })
    symlinkSync(folder, join(outside, 'mounted'))
    assert.deepEqual((await listMarkdownFiles(join(outside, 'mounted'))).files, found.files)
  })

  it('names an unreadable folder and lists the rest', {
    skip: process.getuid?.() === 0 && 'root reads any folder',
  }, async () => {
    const folder = folderOf({ 'a.md': '#', 'closed/b.md': '#', 'names-only/c.md': '#' })
    chmodSync(join(folder, 'closed'), 0)
    chmodSync(join(folder, 'names-only'), 0o600)
    const { files, unreadable } = await listMarkdownFiles(folder).finally(() => {
      for (const name of ['closed', 'names-only']) chmodSync(join(folder, name), 0o700)
    })
    assert.deepEqual(files, ['a.md'])
    assert.deepEqual(
      unreadable.map(({ path, reason }) => `${path}: ${reason}`).sort(),
      ['closed/', 'names-only/'].map((path) => `${path}: folder skipped: permission denied`),
    )
  })

  it('rejects a folder that is missing, a file or empty', async () => {
    const folder = folderOf({ 'file.txt': '' })
    await assert.rejects(listMarkdownFiles(join(folder, 'none')), /no such folder/)
    await assert.rejects(listMarkdownFiles(join(folder, 'file.txt')), /not a folder/)
    await assert.rejects(listMarkdownFiles(folder), /no Markdown files/)
  })
})
