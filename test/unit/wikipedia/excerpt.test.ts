import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainExcerpt } from '../../../src/wikipedia/excerpt.ts'

describe('plainExcerpt', () => {
  it('decodes the known entities and keeps all others', () => {
    assert.equal(plainExcerpt('a &amp; &lt;b&gt; &#039;c&#039;&nbsp;&quot;'), `a & <b> 'c' "`)
    for (const name of ['constructor', '__proto__', 'toString', 'foo', '#x3c'])
      assert.equal(plainExcerpt(`&${name};`), `&${name};`)
  })

  it('takes linear time for unclosed tags', () => {
    for (const text of ['<', '<span class="searchmatch">', '<a '])
      assert.ok(plainExcerpt(text.repeat(300_000)).length < 10_000)
  })
})
