import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renderInline, renderMarkdown } from '../../../../src/http/pages/markdown.ts'

const render = (text: string) => renderMarkdown(text, (href) => href)

describe('renderMarkdown', () => {
  it('escapes HTML and drops links and images that could run code', () => {
    const html = render(
      '<script>alert(1)</script>\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)> ![y](http://a/b.png)\n\n[d](data:text/html,hi)',
    )
    assert.doesNotMatch(html, /<script|<img|href="(javascript|data):/i)
    assert.match(html, /&lt;script&gt;/)
  })

  it('renders images of the public folder and no others', () => {
    const image = '![a <b>](../../public/way-of-a-call.svg)'
    assert.equal(render(image), '<p><img src="/assets/way-of-a-call.svg" alt="a &#60;b&#62;"></p>\n')
    assert.match(
      render('![a](public/way-of-a-call.svg)'),
      /src="\/assets\/way-of-a-call\.svg"/,
      'relative to the README',
    )
    for (const src of ['https://x.example/public/a.svg', '../public/../../a.svg', '../public/a.js'])
      assert.equal(render(`![a](${src})`), '<p>a</p>\n', src)
  })

  it('derives heading ids as GitHub does', () => {
    const html = render('# Title\n\n## Stop, `then` wait\n\n## A\n\n## A\n\n## !')
    const names = [...html.matchAll(/<h\d(?: id="([^"]*)")?>/g)].map(([, name = '']) => name)
    assert.deepEqual(names, ['', 'stop-then-wait', 'a', 'a-1', ''])
  })
})

describe('table of contents', () => {
  const sections = '# Title\n\nLead\n\n## One & `two`\n\n### Sub\n\n## B\n\n## C\n\n'

  it('precedes the sections of a document with at least four sections', () => {
    const html = render(`${sections}## D`)
    const [, contents = ''] =
      /<nav class="contents" aria-label="On this page">([\s\S]*?)<\/nav>/.exec(html) ?? []
    assert.deepEqual(
      [...contents.matchAll(/<a href="#([^"]+)">([^<]+)</g)].map(([, id, title]) => [id, title]),
      [
        ['one--two', 'One &#38; two'],
        ['b', 'B'],
        ['c', 'C'],
        ['d', 'D'],
      ],
    )
    assert.ok(html.indexOf('Lead') < html.indexOf('<nav') && html.indexOf('</nav>') < html.indexOf('<h2'))
  })

  it('is absent from a shorter document and ignores headings in quotes', () => {
    assert.doesNotMatch(render(sections), /<nav/)
    assert.doesNotMatch(render(`${sections}> ## D`), /<nav/)
  })
})

describe('renderInline', () => {
  it('renders one line without links and HTML', () => {
    assert.equal(
      renderInline('A [b `c`](d.md), https://example.org and <i>'),
      'A b <code>c</code>, https://example.org and &lt;i&gt;',
    )
  })
})

describe('a table', () => {
  it('has no header cell without text', () => {
    const html = render('| | a |\n|---|---|\n| b | c |')
    assert.match(html, /<tr>\n<td><\/td>\n<th>a<\/th>\n<\/tr>/)
    assert.equal(html.match(/<\/th>/g)?.length, 1)
  })
})
