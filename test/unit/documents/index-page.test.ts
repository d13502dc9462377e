import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { kebabCase } from '../../../dev/lib/kebab-case.ts'
import type { DocumentEntry } from '../../../src/documents/document.ts'
import { pageSize, renderIndex } from '../../../src/documents/index-page.ts'
import { kindOf, kinds } from '../../../src/documents/kind.ts'
import { leadOf } from '../../../src/documents/lead.ts'
import { readMarkdown } from '../../../src/documents/markdown-file.ts'
import { alerts } from '../../support/rules.ts'

const entry = (id: string, tags: string[], beginning = '', title = id): DocumentEntry => ({
  id,
  title,
  tags,
  kind: kindOf(tags),
  beginning,
})

describe('leadOf', () => {
  it('returns the first sentences of the first paragraph', () => {
    const text = '# Title\n\nOne sentence\nover two lines. A second one, e.g. this.\n\nAnother paragraph.'
    assert.equal(leadOf(text), 'One sentence over two lines. A second one, e.g. this.')
  })

  it('skips headings, tables, lists, quotes, images and code blocks', () => {
    const skipped = [
      '## A',
      'B\n===',
      '| a |\n|---|',
      '- a',
      '1. a',
      '> a',
      '![a](b.png)',
      '```sh\na\n```',
      '<div>',
    ]
    assert.equal(leadOf(`${skipped.join('\n\n')}\n\n\`npm start\` runs it.`), '`npm start` runs it.')
    assert.equal(leadOf(skipped.join('\n\n')), '')
    assert.equal(leadOf(''), '')
  })

  it('adds sentences only up to a readable length, and cuts a very long first one between words', () => {
    const sentence = `A${' word'.repeat(20)}.`
    assert.equal(leadOf(`${sentence} ${sentence}`), sentence)
    const lead = leadOf(`Long${' word'.repeat(200)}.`)
    assert.ok(lead.length <= 302 && lead.endsWith('word …'), lead)
  })

  it('ends with a period where a list would follow', () => {
    assert.equal(leadOf('Run one of these:\n\n- a'), 'Run one of these.')
  })
})

describe('document kinds', () => {
  it('are the same in the code and in the migration', () => {
    const sql = readFileSync('migrations/5_document_kinds.sql', 'utf8')
    const listed = [...sql.matchAll(/when '([^']+)' = any\(tags\) then '([^']+)'/g)]
    for (const [, tag, kind] of listed) assert.equal(tag, kind)
    assert.deepEqual([...listed.map(([, kind]) => kind), /else '(\w+)'/.exec(sql)?.[1]], kinds)
  })

  it('become a tag when the front matter sets a known kind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-kinds-'))
    after(() => rmSync(folder, { recursive: true, force: true }))
    const tagsOf = async (frontMatter: string) => {
      writeFileSync(join(folder, 'a.md'), `---\n${frontMatter}\n---\ntext`)
      return (await readMarkdown(folder, 'a.md')).document.tags
    }
    assert.deepEqual(await tagsOf('tags: [guide]\nkind: how-to'), ['guide', 'how-to'])
    assert.deepEqual(await tagsOf('tags: [how-to]\nkind: how-to'), ['how-to'])
    for (const unknown of ['kind: Page', 'kind: 3', 'kind: [how-to]', 'kind:'])
      assert.deepEqual(await tagsOf(`tags: [a]\n${unknown}`), ['a'], unknown)
  })
})

describe('renderIndex', () => {
  const headings = (html: string) => [...html.matchAll(/<h2[^>]*>([^<]+)/g)].map(([, text]) => text)

  it('groups documents by kind in a fixed order, with a link to each group', () => {
    const html = renderIndex([
      entry('a', []),
      entry('b', ['decision']),
      entry('c', ['runbook']),
      entry('d', ['guide', 'explanation']),
      entry('e', ['guide', 'reference']),
      entry('f', ['guide', 'how-to']),
      entry('g', ['tutorial']),
      entry('h', ['guide']),
    ])
    assert.deepEqual(headings(html), [
      'Tutorials',
      'How-to guides',
      'Reference',
      'Explanations',
      'Other guides',
      'Runbooks',
      'Decisions',
      'Other documents',
    ])
    for (const kind of kinds)
      assert.ok(html.includes(`href="#${kind}"`) && html.includes(`id="${kind}"`), kind)
    assert.deepEqual(headings(renderIndex([entry('a', ['tutorial'])])), ['Tutorials'])
    assert.match(renderIndex([]), /No documents/)
  })

  it('shows alert, severities and meaning of each runbook', () => {
    const html = renderIndex([
      entry(
        'runbooks.x',
        ['runbook', 'ticket', 'page', 'slo'],
        '# X\n\n## What it means for users\n\nCalls fail. More.',
        'HighErrorRate',
      ),
    ])
    assert.match(html, /<a href="\/documents\/runbooks\.x">HighErrorRate<\/a>/)
    assert.deepEqual(
      [...html.matchAll(/data-severity="(\w+)"/g)].map(([, severity]) => severity),
      ['page', 'ticket'],
    )
    assert.match(html, /<td role="cell">Calls fail\. More\.<\/td>/)
  })

  it('shows one page of a large group, with a link to the next', () => {
    const many = Array.from({ length: pageSize + 1 }, (_, n) => entry(`n${1000 + n}`, []))
    const html = renderIndex([entry('t', ['tutorial']), ...many])
    assert.equal(html.match(/href="\/documents\/n/g)?.length, pageSize)
    assert.match(html, /href="\/documents\?kind=other&amp;after=n1099">Next page of other documents</)
    assert.doesNotMatch(html, /kind=tutorial&/)
    assert.doesNotMatch(renderIndex(many.slice(1)), /Next page/)
  })

  it('renders titles and leads as Markdown without links, and HTML as text', () => {
    const html = renderIndex([
      entry('a', [], 'See [the guide](b.md) of `x`. <img src=x onerror=alert(1)>', '<b> and `code`'),
    ])
    assert.match(html, />&lt;b&gt; and <code>code<\/code><\/a><p>See the guide of <code>x<\/code>\./)
    assert.doesNotMatch(html, /<img|b\.md/)
  })
})

describe('runbook tags', () => {
  it('name the severities that the alert has in the rules', () => {
    const severitiesOf = new Map<string, Set<string>>()
    for (const { alert = '', labels } of alerts) {
      const found = severitiesOf.get(alert) ?? new Set()
      severitiesOf.set(alert, found.add(String(labels?.severity)))
    }
    assert.ok(severitiesOf.size > 10)
    for (const [alert, expected] of severitiesOf) {
      const text = readFileSync(`docs/runbooks/${kebabCase(alert)}.md`, 'utf8')
      const tags = /^tags: \[(.+)\]$/m.exec(text)?.[1]?.split(', ') ?? []
      const named = ['page', 'ticket', 'warn', 'heartbeat'].filter((severity) => tags.includes(severity))
      assert.deepEqual(named.sort(), [...expected].sort(), alert)
      assert.notEqual(leadOf(text.replace(/^---[\s\S]*?---\n/, '')), '', `${alert} has no lead paragraph`)
    }
  })
})
