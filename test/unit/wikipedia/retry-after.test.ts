import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRetryAfterGate } from '../../../src/wikipedia/retry-after.ts'

describe('createRetryAfterGate', () => {
  const remainingAfter = (retryAfter: string | null) => {
    const gate = createRetryAfterGate()
    gate.close(retryAfter)
    return Math.round(gate.remainingMs() / 1_000)
  }

  it('accepts seconds or a date and caps the cool-down at 60 s', () => {
    assert.equal(remainingAfter('7'), 7)
    // HTTP dates have a resolution of one second.
    assert.ok([19, 20].includes(remainingAfter(new Date(Date.now() + 20_000).toUTCString())))
    assert.equal(remainingAfter('86400'), 60)
    for (const unusable of [null, 'soon', '']) assert.equal(remainingAfter(unusable), 1)
    assert.equal(remainingAfter('0'), 0)
  })

  it('does not shorten a running cool-down', () => {
    const gate = createRetryAfterGate()
    gate.close('30')
    gate.close('1')
    assert.ok(gate.remainingMs() > 20_000)
  })
})
