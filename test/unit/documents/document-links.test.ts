import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { documentLinks } from '../../../src/documents/document-links.ts'
import { renderMarkdown } from '../../../src/http/pages/markdown.ts'

const render = (text: string, id = 'guides.quick-start', source = 'guides/quick-start.md') =>
  renderMarkdown(text, documentLinks({ id, source }))

describe('documentLinks', () => {
  it('resolves links between the files of a folder to document pages', () => {
    assert.match(render('[a](configuration.md)'), /href="\/documents\/guides\.configuration"/)
    assert.match(
      render('[a](../runbooks/High%20Error%20Rate.md#first)'),
      /href="\/documents\/runbooks\.high-error-rate-fbb2aa2e#first"/,
    )
    assert.match(render('[a](b.md)', 'notes.guides.quick-start'), /href="\/documents\/notes\.guides\.b"/)
  })

  it('resolves links to files of each Markdown type, also from a document with an id of an earlier release', () => {
    assert.match(render('[a](b.mdx) [c](d.markdown)'), /guides\.b_mdx".*guides\.d_markdown"/)
    assert.match(render('[a](b.md)', 'notes.my-file', 'My file.md'), /href="\/documents\/notes\.b"/)
  })

  it('resolves links to published files outside of the folder, and back into it', () => {
    assert.match(render('[a](../../SECURITY.md#one)'), /href="\/documents\/security#one"/)
    const readme = render('[a](docs/guides/try.md) [b](SECURITY.md)', 'readme', '../README.md')
    assert.match(readme, /href="\/documents\/guides\.try".*href="\/documents\/security"/)
  })

  it('renders a link without a page as plain text', () => {
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

  it('keeps all other links', () => {
    for (const href of ['https://example.org/a.md', '/documents/x', '#part', 'mailto:a@example.org']) {
      assert.ok(render(`[a](${href})`).includes(`href="${href}"`), href)
    }
  })
})
