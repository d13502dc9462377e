import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOf } from '../../../dev/prose/phrases.ts'

describe('the prose linter', () => {
  it('reports the line and the better term of an avoided phrase', () => {
    const text = 'A good line.\n// The caller is told the reason, and he stands for nobody.\n'
    assert.deepEqual(problemsOf('a.ts', text), [
      'a.ts:2: "stands for": say mean, represent',
      'a.ts:2: "is told": say receive, read',
      'a.ts:2: "he": say the caller, they',
    ])
  })

  it('reports a clause in place of a noun, and accepts the noun', () => {
    assert.equal(problemsOf('a.md', 'What callers see is described here.').length, 1)
    assert.equal(problemsOf('a.md', 'A list of what was sent').length, 1)
    assert.deepEqual(problemsOf('a.md', 'The description of the answer that callers see'), [])
  })

  it('accepts a line with an exception only if it gives a reason', () => {
    assert.deepEqual(problemsOf('a.ts', "const name = 'he' // prose-ok: the language code of Hebrew"), [])
    assert.equal(problemsOf('a.ts', "const name = 'he' // prose-ok:").length, 1)
    assert.equal(problemsOf('a.ts', "const name = 'mend' // cspell:disable-line").length, 1)
  })
})
