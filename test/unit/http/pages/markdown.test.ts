import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renderMarkdown } from '../../../../src/http/pages/markdown.ts'

const render = (text: string) => renderMarkdown(text, (href) => href)

describe('renderMarkdown', () => {
  it('escapes HTML and drops links and images that could run code', () => {
    const html = render(
      '<script>alert(1)</script>\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)> ![y](http://a/b.png)\n\n[d](data:text/html,hi)',
    )
    assert.doesNotMatch(html, /<script|<img|href="(javascript|data):/i)
    assert.match(html, /&lt;script&gt;/)
  })

  it("shows a drawing of this server's own, and no other image", () => {
    const drawing = '![a <b>](../../public/way-of-a-call.svg)'
    assert.equal(render(drawing), '<p><img src="/assets/way-of-a-call.svg" alt="a &#60;b&#62;"></p>\n')
    assert.match(
      render('![a](public/way-of-a-call.svg)'),
      /src="\/assets\/way-of-a-call\.svg"/,
      'of the README',
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
