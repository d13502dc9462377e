import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainText } from '../../../src/wikipedia/excerpt.ts'

describe('plainText', () => {
  it('marks matches, removes tags and decodes only known entities', () => {
    assert.equal(plainText('a <span class="searchmatch">b</span> <i>c</i>'), 'a **b** c')
    assert.equal(plainText('1 &lt; 2 &amp; 3 &gt; 2 &#039;d&#039;&nbsp;&quot;'), `1 < 2 & 3 > 2 'd' "`)
    for (const name of ['constructor', '__proto__', 'toString', 'foo', '#x3c'])
      assert.equal(plainText(`&${name};`), `&${name};`)
  })

  it('removes encoded tags', () => {
    assert.equal(plainText('&lt;script&gt;alert(1)&lt;/script&gt;'), 'alert(1)')
    assert.equal(plainText('&lt;img src=x onerror=alert(1)&gt;x'), 'x')
  })

  it('takes linear time for unclosed tags', () => {
    for (const text of ['<', '<a', '<span class="searchmatch">', '<a ', '&lt;'])
      assert.ok(plainText(text.repeat(300_000)).length < 10_000)
  })
})
