import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { waitFor } from '../../../dev/lib/wait-for.ts'

describe('waitFor', () => {
  it('polls until the attempt returns a value other than undefined or false', async () => {
    let attempts = 0
    const results = [undefined, false, 'there'] as const
    assert.equal(await waitFor(() => results[attempts++], { everyMs: 1 }), 'there')
    assert.equal(attempts, 3)
  })

  it('returns undefined on timeout, and as soon as its condition is false', async () => {
    assert.equal(await waitFor(() => undefined, { everyMs: 1, timeoutMs: 20 }), undefined)
    let attempts = 0
    const attempt = () => void ++attempts
    assert.equal(await waitFor(attempt, { everyMs: 1, while: () => attempts < 2 }), undefined)
    assert.equal(attempts, 2)
  })
})
