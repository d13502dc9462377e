import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { documentLinks } from '../../../../src/documents/document-links.ts'
import { renderMarkdown } from '../../../../src/http/pages/markdown.ts'

const render = (text: string, id = 'guides.quick-start', source = 'guides/quick-start.md') =>
  renderMarkdown(text, documentLinks({ id, source }))

describe('renderMarkdown', () => {
  it('shows HTML as text and drops what could run', () => {
    const html = render(
      '<script>alert(1)</script>\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)> ![y](http://a/b.png)\n\n[d](data:text/html,hi)',
    )
    assert.doesNotMatch(html, /<script|<img|href="(javascript|data):/i)
    assert.match(html, /&lt;script&gt;/)
  })

  it("leads links between the files of a folder to their documents' pages", () => {
    assert.match(render('[a](configuration.md)'), /href="\/documents\/guides\.configuration"/)
    assert.match(
      render('[a](../runbooks/High%20Error%20Rate.md#first)'),
      /href="\/documents\/runbooks\.high-error-rate#first"/,
    )
    assert.match(render('[a](b.md)', 'notes.guides.quick-start'), /href="\/documents\/notes\.guides\.b"/)
  })

  it('leads to files beside the folder, and back into it', () => {
    assert.match(render('[a](../../SECURITY.md#one)'), /href="\/documents\/security#one"/)
    const readme = render('[a](docs/guides/try.md) [b](SECURITY.md)', 'readme', '../README.md')
    assert.match(readme, /href="\/documents\/guides\.try".*href="\/documents\/security"/)
  })

  it('shows only the text of a link to what has no page', () => {
    for (const href of [
      '../../LICENSE.md',
      '../../src/app.ts',
      '../x/SECURITY.md/../../../y.md',
      'image.png',
    ])
      assert.equal(
        render(`see [**a** \`b\`](${href}).`),
        '<p>see <strong>a</strong> <code>b</code>.</p>\n',
        href,
      )
    assert.equal(render('![a <b>](c.png)'), '<p>a &#60;b&#62;</p>\n')
  })

  it("shows a drawing of this server's own, and no other image", () => {
    const drawing = '![a <b>](../../public/way-of-a-call.svg)'
    assert.equal(render(drawing), '<p><img src="/assets/way-of-a-call.svg" alt="a &#60;b&#62;"></p>\n')
    for (const src of [
      'https://x.example/public/a.svg',
      '../public/../../a.svg',
      'public/a.svg',
      '../public/a.js',
    ])
      assert.equal(render(`![a](${src})`), '<p>a</p>\n', src)
  })

  it('names headings as GitHub does', () => {
    const html = render('# Title\n\n## Stop, `then` wait\n\n## A\n\n## A\n\n## !')
    const names = [...html.matchAll(/<h\d(?: id="([^"]*)")?>/g)].map(([, name = '']) => name)
    assert.deepEqual(names, ['', 'stop-then-wait', 'a', 'a-1', ''])
  })

  it('leaves other links alone', () => {
    for (const href of ['https://example.org/a.md', '/documents/x', '#part', 'mailto:a@example.org']) {
      assert.ok(render(`[a](${href})`).includes(`href="${href}"`), href)
    }
  })
})
