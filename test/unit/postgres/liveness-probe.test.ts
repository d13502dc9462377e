import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { withLivenessProbe } from '../../../src/postgres/liveness-probe.ts'

describe('an answer that is waited for', () => {
  it('may take long while there are signs of life', async () => {
    let asked = 0
    const answer = delay(2_000, 'late')
    const alive = async () => void asked++
    assert.equal(await withLivenessProbe(answer, alive), 'late')
    assert.ok(asked >= 1)
  })

  it('is given up when there is none', async () => {
    const gone = new Error('gone')
    await assert.rejects(
      withLivenessProbe(new Promise(() => {}), () => Promise.reject(gone)),
      gone,
    )
  })
})
