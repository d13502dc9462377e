import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRetryAfterGate } from '../../../src/wikipedia/retry-after.ts'

describe('a pause that a server asks for', () => {
  const remainingAfter = (retryAfter: string | null) => {
    const gate = createRetryAfterGate()
    gate.close(retryAfter)
    return Math.round(gate.remainingMs() / 1_000)
  }

  it('is a number of seconds or a date, and never longer than a minute', () => {
    assert.equal(remainingAfter('7'), 7)
    // A date has no parts of a second.
    assert.ok([19, 20].includes(remainingAfter(new Date(Date.now() + 20_000).toUTCString())))
    assert.equal(remainingAfter('86400'), 60)
    for (const unusable of [null, 'soon', '']) assert.equal(remainingAfter(unusable), 1)
    assert.equal(remainingAfter('0'), 0)
  })

  it('is not shortened by a second answer', () => {
    const gate = createRetryAfterGate()
    gate.close('30')
    gate.close('1')
    assert.ok(gate.remainingMs() > 20_000)
  })
})
