import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { captureContent } from '../../../../src/telemetry/trace/captured-content.ts'

describe('captureContent', () => {
  it('returns the JSON of a small value', () => {
    const value = { query: 'burn rate', limit: 5, tags: ['a', null, { deep: true }] }
    assert.deepEqual(JSON.parse(captureContent(value) ?? ''), value)
    assert.equal(captureContent(undefined), undefined)
  })

  it('redacts fields with secret names and secrets in texts and names, at any depth', () => {
    const token = 'hunter2planted'
    const text = captureContent({
      password: token,
      [`token=${token}`]: 1,
      nested: [{ deeper: { text: `see redis://app:${token}@db and Bearer ${token}`, cookie: { a: token } } }],
    })
    assert.doesNotMatch(String(text), /hunter2/)
    assert.match(String(text), /redis:\/\/\[redacted\]@db and Bearer \[redacted\]/)
  })

  it('leaves no part of a secret at the cut', () => {
    const jwt = `eyJ${'h'.repeat(40)}.${'p'.repeat(800)}.signature`
    for (let before = 3_300; before < 4_100; before += 7) {
      const text = String(captureContent({ text: `${'x'.repeat(before)} ${jwt} ${'y'.repeat(20_000)}` }))
      assert.ok(text.length <= 4_096, `${text.length}`)
      assert.doesNotMatch(text, /eyJ|hhh|ppp/)
    }
    // A long secret before the cut makes the part read end in the middle of another.
    const shortened = String(
      captureContent(
        `eyJ${'h'.repeat(8)}.${'p'.repeat(5_000)}.s ${`redis://app:${'q'.repeat(3_500)}@db`} ${'y'.repeat(9_000)}`,
      ),
    )
    assert.doesNotMatch(shortened, /qqq/)
  })

  it('reads only the beginning of a large value', () => {
    let read = 0
    const item = {
      get text() {
        read++
        return 'x'.repeat(1_000)
      },
    }
    const text = String(captureContent(Array.from({ length: 10_000 }, () => item)))
    assert.ok(text.length <= 4_096, `${text.length}`)
    assert.ok(read < 10, `${read} items read`)
  })
})
